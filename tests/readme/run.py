"""Runs the commands and programs of a page in a fresh clone."""

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
from tests.readme.rules import AS_PRINTED, Provided, Rule, rule_for

# `make readme MOT16_ROOT=...` would pass its settings to the page's make commands by these
# variables.
_MAKE_VARIABLES = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL")


@dataclass(frozen=True)
class Outcome:
    """The outcome of one command or program.

    Attributes:
        line: line number in the page, from 1.
        command: the command as printed, or the program's name.
        result: "ok", "failed" or "not run".
        seconds: running time.
        note: why it failed or did not run, or how the run differed from the page.
    """

    line: int
    command: str
    result: str
    seconds: float = 0.0
    note: str = ""


@dataclass
class Clone:
    """A clone of this project's last commit, in which commands run.

    Attributes:
        folder: the clone.
        rules: rules for the commands that do not run as printed.
        provided: files of the reader, which are made if missing.
        mot_root: folder that commands find as data/MOT16, or None. The folders clips and results
            beside it are linked too.
        environment: virtual environment to use; None if ``make`` sets up a new one.
        left_out: texts; a command that contains one of them does not run.
        allowed: resources that commands may use.
        timeout: largest number of seconds per command.
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
        """Clone the project, and link the given data and environment.

        Raises:
            CalledProcessError: git cannot clone the project.
        """
        command = ["git", "clone", "--quiet", str(PROJECT), str(self.folder)]
        subprocess.run(command, check=True)
        if self.mot_root is not None:
            self._link_data(self.mot_root.resolve())
        if self.environment is not None:
            (self.folder / ".venv").symlink_to(self.environment.resolve())
            # These files must be older than the environment, so that make installs nothing.
            for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
                os.utime(self.folder / name, (0, 0))

    def _link_data(self, mot_root: Path) -> None:
        """Link each sequence on its own, so that another can replace it."""
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
        """Run one step and append its output to ``log``."""
        if isinstance(step, Program):
            (self.folder / step.name).write_text(step.text, encoding="utf-8")
            return self._outcome(step.line, step.name, f"python {step.name}", AS_PRINTED, log)
        rule = rule_for(step.words, self.rules)
        reason = self._reason_not_to_run(step.words, rule)
        if reason:
            return Outcome(step.line, step.printed, "not run", note=reason)
        notes = list(self._provide(step.words, log))
        if rule.first:
            self._run(rule.first, log)
            notes.append(f"after `{rule.first}`")
        added = rule.added_words(self.allowed)
        command = f"{step.words} {added}" if added else step.printed
        if added:
            notes.append(f"with {added}: {rule.because}")
        return self._outcome(
            step.line, step.printed, command, rule, log, "; ".join(notes), step.promised
        )

    def _reason_not_to_run(self, words: str, rule: Rule) -> str:
        if any(part in words for part in self.left_out):
            return "left out by --leave-out"
        if self.environment is not None and rule.installs:
            return "would change the environment of --environment"
        return rule.refusal(self.allowed, self._variables(), self.folder)

    def _provide(self, words: str, log: Path) -> Iterator[str]:
        """Make the provided files that the command names; yield one note per file."""
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
            return Outcome(line, shown, "ok", seconds, "stopped, because it never ends")
        if status != 0:
            why = f"stopped after {seconds:.0f} s" if status is None else f"exit status {status}"
            why = f"{why}, see {log}"
        elif promised is not None and not (self.folder / promised).exists():
            why = f"did not make {promised}"
        else:
            return Outcome(line, shown, "ok", seconds, note)
        return Outcome(line, shown, "failed", seconds, "; ".join(filter(None, (why, note))))

    def _run(
        self, command: str, log: Path, stop_after: float = 0.0, answer: str = ""
    ) -> int | None:
        """Run a command; return its exit status, or None if it had to be stopped."""
        with open(log, "a", encoding="utf-8") as output, _standard_input(answer) as typed:
            output.write(f"$ {command}\n")
            output.flush()
            process = subprocess.Popen(
                ["bash", "-c", command],
                cwd=self.folder,
                env=self._variables(),
                stdin=typed,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A process group of its own, so that its child processes can be stopped with it.
                start_new_session=True,
            )
            try:
                return process.wait(stop_after or self.timeout)
            except subprocess.TimeoutExpired:
                return None
            finally:
                # SIGKILL, because a process that ignores SIGTERM would stay.
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def _variables(self) -> dict[str, str]:
        """Return the variables of a new shell with the clone's virtual environment active."""
        variables = dict(os.environ)
        for name in ("PYTHONPATH", "PYTHONHOME", "MOT16_ROOT", "VIRTUAL_ENV", *_MAKE_VARIABLES):
            variables.pop(name, None)
        own = self.folder / ".venv"
        variables["VIRTUAL_ENV"] = str(own)
        variables["PATH"] = f"{own / 'bin'}{os.pathsep}{variables['PATH']}"
        if self.environment is not None:
            # A given environment has another checkout of the project installed.
            variables["PYTHONPATH"] = str(self.folder)
        return variables


@contextmanager
def _standard_input(answer: str) -> Iterator[int]:
    """Yield a file descriptor from which a command reads the answer and then the end of input."""
    reading, writing = os.pipe()
    if answer:
        os.write(writing, f"{answer}\n".encode())
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)
