"""Running what a page says, in a fresh clone."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flatsort.files.paths import PROJECT
from tests.readme.page import Command, Program
from tests.readme.rules import Provided, Rule, rule_for

# Whoever says `make readme MOT16_ROOT=...` says nothing to the makes of the page.
_MAKES_OWN = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL")


@dataclass(frozen=True)
class Outcome:
    """What became of a command or program.

    Attributes:
        line: of the page.
        command: as printed, or the program's name.
        result: "ok", "failed" or "not run".
        seconds: it took.
        note: why it failed or was not run, or what was run otherwise than printed.
    """

    line: int
    command: str
    result: str
    seconds: float = 0.0
    note: str = ""


@dataclass
class Clone:
    """A clone of this project's last commit, and what is run in it.

    Attributes:
        folder: the clone.
        rules: for commands that are not run as printed.
        provided: what a reader brings along.
        mot_root: what commands find as data/MOT16, if any, with what is beside it.
        environment: a virtual environment in the place of one that ``make`` would set up.
        left_out: parts of commands that are not to be run now.
        allowed: what commands may want.
        timeout: seconds for each.
    """

    folder: Path
    rules: list[Rule]
    provided: list[Provided]
    mot_root: Path | None = None
    environment: Path | None = None
    left_out: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    timeout: float = 7200.0

    def make(self) -> None:
        """Clone, and link the data and the environment given.

        Raises:
            CalledProcessError: git cannot.
        """
        command = ["git", "clone", "--quiet", str(PROJECT), str(self.folder)]
        subprocess.run(command, check=True)
        if self.mot_root is not None:
            self._link_data(self.mot_root.resolve())
        if self.environment is not None:
            (self.folder / ".venv").symlink_to(self.environment.resolve())
            # Older than what is installed, so that make installs nothing.
            for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
                os.utime(self.folder / name, (0, 0))

    def _link_data(self, mot_root: Path) -> None:
        """Sequence by sequence, so that one can be put in the place of another."""
        for split in ("train", "test"):
            for sequence in (mot_root / split).glob("*/"):
                link = self.folder / "data" / "MOT16" / split / sequence.name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(sequence)
        (self.folder / "data").mkdir(exist_ok=True)
        for name in ("clips", "results"):
            if (mot_root.parent / name).is_dir():
                (self.folder / "data" / name).symlink_to(mot_root.parent / name)

    def run(self, step: Command | Program, log: Path) -> Outcome:
        """Run one step; what it prints goes to ``log``."""
        if isinstance(step, Program):
            (self.folder / step.name).write_text(step.text, encoding="utf-8")
            return self._outcome(step.line, step.name, f"python {step.name}", Rule("*"), log)
        rule = rule_for(step.words, self.rules)
        reason = self._reason_against(step.words, rule)
        if reason:
            return Outcome(step.line, step.printed, "not run", note=reason)
        notes = list(self._provide(step.words, log))
        if rule.first:
            self._run(rule.first, log)
            notes.append(f"after `{rule.first}`")
        added = rule.words(self.allowed)
        command = f"{step.words} {added}" if added else step.printed
        if added:
            notes.append(f"with {added}: {rule.because}")
        return self._outcome(
            step.line, step.printed, command, rule, log, "; ".join(notes), step.promised
        )

    def _reason_against(self, words: str, rule: Rule) -> str:
        if any(part in words for part in self.left_out):
            return "left out by --leave-out"
        if self.environment is not None and rule.installs:
            return "would change the environment of --environment"
        return rule.refusal(self.allowed, self._variables(), self.folder)

    def _provide(self, words: str, log: Path) -> Iterator[str]:
        """Make what the command names and a reader would have; says what."""
        for each in self.provided:
            if each.named in words and not (self.folder / each.path).exists():
                done = self._run(each.by, log)
                yield f"{each.path} {'made' if done == 0 else 'NOT made'} by `{each.by}`"

    def _outcome(
        self,
        line: int,
        shown: str,
        command: str,
        rule: Rule,
        log: Path,
        note: str = "",
        promised: Path | None = None,
    ) -> Outcome:
        start = time.monotonic()
        status = self._run(command, log, rule.stop_after, rule.answer)
        seconds = time.monotonic() - start
        if status is None and rule.stop_after:
            return Outcome(line, shown, "ok", seconds, "stopped: it would go on for ever")
        if status != 0:
            why = f"no end after {seconds:.0f} s" if status is None else f"exit status {status}"
            why = f"{why}, see {log}"
        elif promised is not None and not (self.folder / promised).exists():
            why = f"made no {promised}"
        else:
            return Outcome(line, shown, "ok", seconds, note)
        return Outcome(line, shown, "failed", seconds, "; ".join(filter(None, (why, note))))

    def _run(
        self, command: str, log: Path, stop_after: float = 0.0, answer: str = ""
    ) -> int | None:
        """The exit status; None if it had to be stopped."""
        with open(log, "a", encoding="utf-8") as output, _typed(answer) as typed:
            output.write(f"$ {command}\n")
            output.flush()
            process = subprocess.Popen(
                ["bash", "-c", command],
                cwd=self.folder,
                env=self._variables(),
                stdin=typed,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own, so that what it starts can be stopped with it.
                start_new_session=True,
            )
            try:
                return process.wait(stop_after or self.timeout)
            except subprocess.TimeoutExpired:
                return None
            finally:
                # Nothing of it is wanted any more, and what ignores a request must not stay.
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def _variables(self) -> dict[str, str]:
        """The reader's environment with the clone's activated, and nothing of the caller's."""
        variables = dict(os.environ)
        for name in ("PYTHONPATH", "PYTHONHOME", "MOT16_ROOT", "VIRTUAL_ENV", *_MAKES_OWN):
            variables.pop(name, None)
        own = self.folder / ".venv"
        variables["VIRTUAL_ENV"] = str(own)
        variables["PATH"] = f"{own / 'bin'}{os.pathsep}{variables['PATH']}"
        if self.environment is not None:
            # The project that is installed in it is another one.
            variables["PYTHONPATH"] = str(self.folder)
        return variables


@contextmanager
def _typed(answer: str) -> Iterator[int]:
    """A file to read it from, and nothing after it."""
    reading, writing = os.pipe()
    if answer:
        os.write(writing, f"{answer}\n".encode())
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)
