"""Units in several processes: order, failures, messages, cores, memory and interrupts."""

import functools
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from flatsort.distribution.pool import Pool
from flatsort.distribution.units import run_units
from flatsort.errors import InputError
from flatsort.messages import LOGGER
from tests.flatsort.processes import ENOUGH_S, has_ended, wait_until


@dataclass(frozen=True)
class Call:
    """A unit that calls a function."""

    name: str
    function: functools.partial

    def __call__(self):
        return self.function()


def call(name, function, *arguments):
    return Call(name, functools.partial(function, *arguments))


def outcomes(units, jobs=2):
    return list(run_units(units, Pool(jobs), "testing", "unit"))


def sleep_and_return(seconds):
    time.sleep(seconds)
    return seconds


def refuse(text):
    raise InputError(text)


def note_and_warn(word):
    LOGGER.info(f"100 % of {word}")
    LOGGER.warning(f"no {word}")


def kill_this_process():
    os.kill(os.getpid(), signal.SIGKILL)


def cores_here():
    return os.getpid(), tuple(sorted(os.sched_getaffinity(0)))


def test_outcomes_come_in_the_order_of_the_units():
    """The first unit ends last."""
    units = [call("slow", sleep_and_return, 1.0), call("a", abs, -2), call("b", abs, -3)]
    assert [(each.name, each.value) for each in outcomes(units)] == [
        ("slow", 1.0),
        ("a", 2),
        ("b", 3),
    ]


def test_a_failed_unit_leaves_the_others_alone():
    units = [call("a", abs, -1), call("b", refuse, "x.txt:3:\n  give 4"), call("c", abs, -2)]
    found = outcomes(units)
    assert [each.value for each in found] == [1, None, 2]
    assert [each.failure for each in found] == [None, "x.txt:3: give 4", None]


def test_an_unexpected_error_ends_the_work():
    with pytest.raises(ZeroDivisionError):
        outcomes([call("a", divmod, 1, 0), call("b", abs, -1)])


def test_messages_are_shown_with_the_outcome_of_their_unit(capsys):
    shown = []
    for each in run_units(
        [call("a", note_and_warn, "a"), call("b", note_and_warn, "b")], Pool(2), "testing", "unit"
    ):
        shown.append((each.name, *capsys.readouterr()))
    assert shown == [
        ("a", "note: 100 % of a\n", "note: no a\n"),
        ("b", "note: 100 % of b\n", "note: no b\n"),
    ]


def test_a_killed_process_fails_the_units_that_have_not_ended():
    found = outcomes([call("a", kill_this_process), call("b", abs, -1)], jobs=1)
    assert [each.name for each in found] == ["a", "b"]
    assert all("was killed" in each.failure and "--jobs" in each.failure for each in found)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity on this system")
def test_processes_share_the_cores():
    """Every process has a core; with one process it has all of them."""
    all_cores = set(os.sched_getaffinity(0))
    (alone,) = outcomes([call("a", cores_here)], jobs=1)
    assert set(alone.value[1]) == all_cores
    units = [call(f"{n}", cores_here) for n in range(12)]
    shares = dict(each.value for each in outcomes(units, jobs=2))
    assert all(shares.values())
    assert set().union(*shares.values()) <= all_cores
    if len(shares) == 2 and len(all_cores) > 1:
        one, other = map(set, shares.values())
        assert not one & other
        assert one | other == all_cores


def test_no_more_processes_than_units():
    units = [call("a", cores_here), call("b", cores_here)]
    assert len({each.value[0] for each in outcomes(units, jobs=50)}) <= 2


SCRIPT = """
import os, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from flatsort.commands.cli import run
from flatsort.distribution.pool import Pool
from flatsort.distribution.units import run_units
from test_pool import call
import time

def work(number):
    Path(f"{{number}}.begun").touch()
    try:
        time.sleep(1000)
    finally:
        Path(f"{{number}}.cleaned").touch()

def main():
    for _ in run_units([call(f"{{n}}", work, n) for n in range(5)], Pool(2), "testing", "unit"):
        pass

if __name__ == "__main__":
    run(main)
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_all_processes_and_starts_no_other_unit(tmp_path, number, status):
    """As in a terminal, Ctrl-C reaches the workers too; they clean up."""
    (tmp_path / "script.py").write_text(SCRIPT.format(tests=str(Path(__file__).parent)))
    parent = subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(list(tmp_path.glob("*.begun"))) == 2)
    if number == signal.SIGINT:
        os.killpg(parent.pid, number)
    else:
        parent.send_signal(number)
    _, errors = parent.communicate(timeout=ENOUGH_S)
    assert parent.returncode == status
    assert "Traceback" not in errors
    assert {path.name for path in tmp_path.glob("*.cleaned")} == {"0.cleaned", "1.cleaned"}
    assert {path.name for path in tmp_path.glob("*.begun")} == {"0.begun", "1.begun"}
    wait_until(lambda: has_ended(parent.pid))
