"""A short attack with fixed seeds, and attacks on faulty programs, which must be noticed."""

import time
from hashlib import sha256

import pytest

from tests.attack.files import attack_files
from tests.attack.findings import Finding
from tests.attack.frames import TRACKERS, attack_tracker
from tests.attack.full_disk import attack_by_full_disks, can_mount
from tests.attack.kills import attack_by_kills, lost
from tests.attack.mutations import mutate
from tests.attack.outcome_page import Outcome, write_page
from tests.attack.rounds import Row, attack_all
from tests.attack.samples import READERS, Reader
from tests.attack.workspace import COMMANDS, make_workspace

SEED = 20261128


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_damaged_files(reader):
    batch = attack_files(reader, SEED, max(10, round(60 * reader.share)))
    assert batch.findings == []


@pytest.mark.parametrize("name", TRACKERS)
def test_random_crowds(name):
    crowds = attack_tracker(name, SEED, 15)
    assert crowds.findings == []
    assert crowds.frames >= 150


def test_two_processes_attack_with_the_same_crowds(tmp_path):
    """The seed of a batch does not depend on the process that runs it."""
    serial, jobs = (attack_all(tmp_path, ["frames"], 0.0005, SEED, each) for each in (1, 2))
    assert serial == jobs
    assert [row.counts["faults"] for row in serial["frames"]] == [0] * len(TRACKERS)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attack")
    make_workspace(folder)
    return folder


def command(script):
    return next(each for each in COMMANDS if each.script == script)


@pytest.mark.parametrize("script", ["analyse", "correct"])
def test_kills(root, script):
    outcome = attack_by_kills(command(script), root, 3, SEED, lambda: None)
    assert outcome.findings == []
    assert outcome.kills == 3


def test_full_disks(root):
    if not can_mount():
        pytest.skip("this system lets no user mount a disk: no unshare, or no user namespaces")
    disks = attack_by_full_disks(command("overlay"), root, 2, SEED)
    assert disks.findings == []
    assert disks.refused == 2


def make_numbers(folder):
    (folder / "a.txt").write_text("1,2,3")
    return folder / "a.txt"


def test_a_reader_with_a_fault_is_noticed():
    reader = Reader("sums", make_numbers, lambda path: sum(map(int, path.read_text().split(","))))
    batch = attack_files(reader, SEED, 50)
    assert batch.findings
    assert "ValueError" in batch.findings[0].fault


def test_a_reader_that_hangs_is_noticed(monkeypatch):
    monkeypatch.setattr("tests.attack.files.LIMIT_S", 0.05)

    def read(path):
        if path.read_bytes() != b"1,2,3":
            time.sleep(10)

    batch = attack_files(Reader("sleeper", make_numbers, read), SEED, 3)
    assert batch.findings[0].fault == "no answer within 0.05 s"


def digest(content):
    return sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        ({"a": digest(b"old")}, None),
        ({"a": digest(b"new")}, None),
        ({"a": digest(b"ne")}, "a is neither the old file nor the new one"),
        ({}, "a is lost"),
    ],
)
def test_files_after_a_kill(after, fault):
    assert lost({"a": digest(b"old")}, after, {"a": digest(b"new")}, set()) == fault


def test_a_file_that_differs_from_run_to_run_must_not_be_empty():
    assert lost({"a": digest(b"1")}, {"a": digest(b"2")}, {"a": digest(b"3")}, {"a"}) is None
    assert lost({"a": digest(b"1")}, {"a": digest(b"")}, {"a": digest(b"3")}, {"a"})


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        # A length of 0 is one byte. '"' is 0x22, and 0x20 without bit 1.
        (("flip", 0.0, 0.0, b""), b' b": 12}'),
        (("value", 0.0, 0.0, b"null"), b"null: 12}"),
        (("remove", 0.5, 0.0, b""), b'"b":12}'),
        (("repeat", 0.75, 0.0, b""), b'"b": 122}'),
        (("cut off", 0.5, 0.0, b""), b'"b":'),
        (("insert", 0.5, 0.0, b"xy"), b'"b":xy 12}'),
    ],
)
def test_changes(edit, expected):
    assert mutate(b'"b": 12}', [edit], is_inside=False) == expected


def test_the_page_keeps_the_rows_of_earlier_attacks(tmp_path):
    page = tmp_path / "reliability.md"
    fault = Finding("COCO", "seed 1", "KeyError: 3")
    for seed, findings in ((1, [fault]), (2, [])):
        counts = {"files": 1500, "refused": 900, "faults": len(findings)}
        tables = {"files": [Row("COCO", counts, findings)]}
        write_page(page, Outcome(tables, seed, hours=1.0, seconds=60.0))
    lines = page.read_text().splitlines()
    rows = [line.split(" | ")[2:] for line in lines if line.startswith("| 20")]
    assert rows == [["1", "1,500", "0", "0", "0", "1 |"], ["2", "1,500", "0", "0", "0", "0 |"]]
    assert "| `COCO` |   1,500 |       900 |        0 |" in lines
    assert "None." in lines
