"""Files and folders that appear whole or not at all, and leftovers of killed processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flatsort.reid_vae import whole_file as module
from flatsort.reid_vae.whole_file import sweep, whole_file, whole_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from flatsort.reid_vae.whole_file import whole_file, whole_folder
target = Path(sys.argv[1])
with whole_{kind}(target) as temporary:
    {write}
    if "between" in sys.argv:
        rename = Path.rename
        def first_only(path, to):
            rename(path, to)
            os.kill(os.getpid(), signal.SIGKILL)
        Path.rename = first_only
    else:
        os.kill(os.getpid(), signal.SIGKILL)
"""
WRITE = {
    "file": "temporary.write_text('new')",
    "folder": "(temporary / 'a.txt').write_text('new')",
}


@pytest.fixture(autouse=True)
def as_a_new_process():
    module._swept.clear()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def killed(kind, target, *words):
    script = KILLED.format(kind=kind, write=WRITE[kind])
    finished = subprocess.run([sys.executable, "-c", script, str(target), *words], check=False)
    assert finished.returncode == -signal.SIGKILL


def test_a_block_that_raises_leaves_the_older_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), whole_file(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_block_that_leaves_no_file_leaves_the_older_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole_file(path):
        pass
    assert path.read_text() == "old"


def test_a_folder_replaces_an_older_one(tmp_path):
    folder = tmp_path / "scene.v2"
    folder.mkdir()
    (folder / "old.txt").touch()
    with whole_folder(folder) as made:
        (made / "new.txt").touch()
        assert names(folder) == ["old.txt"]
    assert names(tmp_path) == ["scene.v2"]
    assert names(folder) == ["new.txt"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_the_next_process_removes_what_a_kill_left(tmp_path, kind):
    killed(kind, tmp_path / "a.b.txt")
    assert len(names(tmp_path)) == 1
    with whole_file(tmp_path / "other.txt") as temporary:
        temporary.touch()
    assert names(tmp_path) == ["other.txt"]


def test_a_folder_between_two_renames_gets_its_name_back(tmp_path):
    folder = tmp_path / "scene"
    folder.mkdir()
    (folder / "a.txt").write_text("old")
    killed("folder", folder, "between")
    assert not folder.exists()
    sweep(tmp_path)
    assert names(tmp_path) == ["scene"]
    assert (folder / "a.txt").read_text() == "old"


def test_files_of_running_processes_stay(tmp_path):
    with whole_file(tmp_path / "a.txt") as temporary:
        temporary.touch()
        module._swept.clear()
        sweep(tmp_path)
        assert temporary.exists()


def test_files_of_another_machine_stay_for_a_week(tmp_path):
    # Process 4194305 is above the largest number that Linux gives.
    foreign = tmp_path / ".a.00000000-4194305.tmp.txt"
    foreign.touch()
    sweep(tmp_path)
    assert foreign.exists()
    module._swept.clear()
    eight_days_ago = time.time() - 8 * 24 * 3600
    os.utime(foreign, (eight_days_ago, eight_days_ago))
    sweep(tmp_path)
    assert not foreign.exists()


def test_files_of_the_user_stay(tmp_path):
    kept = [".a.tmp.txt", "a.12345678-4194305.tmp", ".cache", ".a.12345678.tmp", "b.old"]
    for name in kept:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert names(tmp_path) == sorted(kept)


def test_a_folder_that_cannot_be_listed_is_no_error(tmp_path):
    sweep(tmp_path / "missing")
    sweep(Path(__file__))
