"""Worker processes: they do the work, and end when their parent ends in any way."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flatsort.processors import available_cores, one_core, worker_pool

SLEEPERS = """
import os, sys, time
from pathlib import Path
from flatsort.commands.cli import run
from flatsort.processors import available_cores, one_core, worker_pool

def sleep(number):
    Path(f"{os.getpid()}.worker").touch()
    time.sleep(1000)

def main():
    with worker_pool(2) as pool:
        list(pool.map(sleep, range(2)))

if __name__ == "__main__":
    run(main)
"""
ENOUGH_S = 20


def test_results_come_in_order():
    with worker_pool(2) as pool:
        assert list(pool.map(abs, [-3, 2, -1])) == [3, 2, 1]


def remember(folder):
    (Path(folder) / f"{os.getpid()}").touch()


def test_each_worker_begins_once(tmp_path):
    with worker_pool(1, remember, str(tmp_path)) as pool:
        list(pool.map(abs, range(5)))
    assert len(list(tmp_path.iterdir())) == 1


def test_an_error_ends_the_others_at_once():
    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError), worker_pool(2) as pool:
        pool.submit(time.sleep, 1000)
        pool.submit(divmod, 1, 0).result()
    assert time.monotonic() - begun < ENOUGH_S


def wait_until(is_true):
    until = time.monotonic() + ENOUGH_S
    while not is_true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent(tmp_path, number):
    (tmp_path / "script.py").write_text(SLEEPERS)
    parent = subprocess.Popen(
        [sys.executable, "script.py"], cwd=tmp_path, start_new_session=True, stderr=subprocess.PIPE
    )
    wait_until(lambda: len(list(tmp_path.glob("*.worker"))) == 2)
    parent.send_signal(number)
    parent.communicate(timeout=ENOUGH_S)

    def all_ended():
        try:
            os.killpg(parent.pid, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(all_ended)


def test_one_core_counts_in_its_thread_only():
    cores, seen = available_cores(), []
    with one_core():
        assert available_cores() == 1
        thread = threading.Thread(target=lambda: seen.append(available_cores()))
        thread.start()
        thread.join()
    assert seen == [cores]
    assert available_cores() == cores
