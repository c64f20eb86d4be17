"""One process per folder, until it ends in any way."""

import os
import signal
import subprocess
import sys
import time

import pytest

from flatsort.errors import InputError
from flatsort.files.folder_lock import lock_folder


def test_a_second_lock_is_refused_until_the_first_is_closed(tmp_path):
    folder = tmp_path / "new" / "run"
    with lock_folder(folder), pytest.raises(InputError, match="another process is working here"):
        lock_folder(folder)
    lock_folder(folder).close()


def test_a_killed_process_leaves_no_lock(tmp_path):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from flatsort.files.folder_lock import lock_folder\n"
        "file = lock_folder(Path(sys.argv[1])); print('locked', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(InputError, match="another process"):
            lock_folder(tmp_path)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            lock_folder(tmp_path).close()
        except InputError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the lock of a killed process stays")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write here"):
        lock_folder(tmp_path / "file" / "run")
