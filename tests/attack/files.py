"""Give every reader damaged files; only a refusal in one sentence, or a result, is right."""

import contextlib
import io
import os
import signal
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from hypothesis import given
from hypothesis import strategies as st

from flatsort.processors import worker_pool
from tests.attack.findings import Finding
from tests.attack.mutations import Edit, edits, mutate
from tests.attack.repeatable import MOST_FINDINGS, repeatable
from tests.attack.samples import READERS, REFUSALS, Reader

LIMIT_S = 5.0
"""Seconds after which a reader counts as hanging."""
_MEMORY = 8 << 30
"""Bytes of address space of a process that reads: a file must not claim more."""


@dataclass
class Batch:
    """The outcome of one reader's batch.

    Attributes:
        files: number of files read.
        refused: how many of them were refused in a sentence.
        findings: the faults.
    """

    files: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)


class Hang(Exception):
    """A reader took too long."""


def attack_files(reader: Reader, number: int, count: int) -> Batch:
    """Read damaged files of one kind in this process.

    Args:
        reader: the kind of files.
        number: seed; the same seed makes the same files.
        count: number of files.
    """
    batch = Batch()
    with tempfile.TemporaryDirectory() as folder, _quietly(), _alarms():
        path = reader.make(Path(folder))
        valid = path.read_bytes()
        reader.read(path)

        @repeatable(number, count)
        @given(edits, st.booleans())
        def read_one(changes: list[Edit], is_inside: bool) -> None:
            path.write_bytes(mutate(valid, changes, is_inside))
            fault = _fault(reader, path, batch)
            if fault and len(batch.findings) < MOST_FINDINGS:
                batch.findings.append(
                    Finding(reader.name, f"seed {number}, {changes}, {is_inside}", fault)
                )

        read_one()
    return batch


def attack_files_apart(name: str, number: int, count: int) -> Batch:
    """Read damaged files in a process of its own, which a crash ends without ending this one."""
    try:
        with worker_pool(1, _begin) as pool:
            return pool.submit(_attack_named, name, number, count).result()
    except BrokenProcessPool:
        return Batch(count, 0, [Finding(name, f"seed {number}", "the interpreter crashed")])


def _attack_named(name: str, number: int, count: int) -> Batch:
    """Find a reader by its name, because functions of readers cannot go to another process."""
    reader = next(each for each in READERS if each.name == name)
    return attack_files(reader, number, count)


def _fault(reader: Reader, path: Path, batch: Batch) -> str | None:
    """Read a file; return what is wrong with the reader, or None."""
    batch.files += 1
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        reader.read(path)
    except REFUSALS as error:
        batch.refused += 1
        return None if str(error) or not error.args else "a refusal without a sentence"
    except Hang:
        return f"no answer within {LIMIT_S:g} s"
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


@contextlib.contextmanager
def _alarms() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Hide the notes that readers print about damage."""
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _begin() -> None:
    """Limit the memory of this process, and hide what libraries in C print about damage."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
