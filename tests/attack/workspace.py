"""A folder with footage and results, and the commands that write into it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from flatsort.files.file_digest import digest_of
from flatsort.files.paths import PROJECT

TRIAL, BEGUN = "trial", "begun"
"""The folder in which commands run, and the one with the files before a command."""
_TRACKS = "results/fmvae/scene.txt"


@dataclass(frozen=True)
class Command:
    """A command that writes.

    Attributes:
        script: name of its script in tools/.
        words: its words, with paths relative to the workspace.
        share: share of the kills; slow commands get fewer.
        statuses: exit statuses of a run that follows a kill.
    """

    script: str
    words: str
    share: float = 1.0
    statuses: tuple[int, ...] = (0,)

    @property
    def name(self) -> str:
        """The script and the words."""
        return f"{self.script} {self.words}"

    def line(self) -> list[str]:
        """Return the command line."""
        return [sys.executable, str(PROJECT / "tools" / f"{self.script}.py"), *self.words.split()]


SET_UP = (
    Command("make_scene", "--out scene --frames 24 --seed 3"),
    Command("track", "--seq scene --descriptor fmvae --cache cache --video film.mp4"),
)
"""Commands that make the workspace."""
COMMANDS = (
    Command("make_scene", "--out street --frames 60 --seed 4"),
    Command(
        "track",
        "--seq scene --descriptor fmvae --cache cache --tracker again --video again.mp4 "
        "--also csv jsonl coco cvat yolo",
    ),
    Command(
        "track",
        "--source film.mp4 --detector file:scene/det/det.txt --descriptor none --cache cache "
        "--tracker own --save-detections kept.txt",
    ),
    Command("link", f"--results {_TRACKS} --seq scene --descriptor fmvae"),
    Command("overlay", f"--results {_TRACKS} --seq scene --video overlay.mp4"),
    Command("report", f"--results {_TRACKS} --seq scene --out page.html --cache cache"),
    Command("analyse", f"--results {_TRACKS} --seq scene --line door=320,0,320,360 --out counts"),
    # A correction that was complete before the kill belongs to other results than its edits.
    Command("correct", f"--results {_TRACKS} --edits edits.json", 1.0, (0, 2)),
    Command("eval_mot", "--seq scene --json s.json --csv s.csv --markdown s.md"),
    Command("search", f"index --results {_TRACKS} --descriptor fmvae --out people.npz"),
    Command("fit_pca", "--name mypca --seq scene --runs runs --out weights --latent-size 8", 0.2),
    Command(
        "train_descriptor",
        "--name tiny --seq scene --runs runs --out weights --latent-size 8 --steps 20 "
        "--batch-size 16 --threads 1",
        0.2,
    ),
)
"""Commands that are killed."""


def make_workspace(root: Path) -> None:
    """Make footage, results and edits in ROOT/trial, and keep them in ROOT/begun.

    Files name the folder in which they were made, so that all runs use ROOT/trial.

    Raises:
        RuntimeError: a command fails.
    """
    folder = root / TRIAL
    folder.mkdir(parents=True)
    for command in SET_UP:
        finished = run(command, folder)
        if finished.returncode:
            raise RuntimeError(f"{command.name}: {finished.stderr}")
    edits = [{"kind": "split", "frame": 12, "ids": [1]}]
    content = {"results": "scene.txt", "sha256": digest_of(folder / _TRACKS), "edits": edits}
    (folder / "edits.json").write_text(json.dumps(content))
    keep(root, BEGUN)


def keep(root: Path, name: str) -> None:
    """Copy the files of ROOT/trial to ROOT/name."""
    shutil.rmtree(root / name, ignore_errors=True)
    shutil.copytree(root / TRIAL, root / name)


def restore(root: Path, name: str) -> None:
    """Fill ROOT/trial with the files of ROOT/name."""
    shutil.rmtree(root / TRIAL, ignore_errors=True)
    shutil.copytree(root / name, root / TRIAL)


def run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a workspace to its end."""
    return subprocess.run(
        command.line(), cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )


def start(command: Command, folder: Path) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        command.line(),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def environment() -> dict[str, str]:
    """Return the variables of a command: one thread, and no data of the user."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "MOT16_ROOT": "/nonexistent"}
