"""The command eval_mot: output, files and errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flatsort.commands.cli import run
from flatsort.commands.eval_mot import main
from flatsort.errors import InputError
from flatsort.evaluation.tracks.counts import OPTIONAL_COLUMNS
from flatsort.files import sequence as sequence_module

ROOT = Path(__file__).resolve().parents[3]
TRUTH = "".join(f"{frame},1,{10 * frame},20,30,40,1,1,1\n" for frame in range(1, 5))
PERFECT = TRUTH.replace(",1,1,1\n", ",1,-1,-1,-1\n")
SEQINFO = "[Sequence]\nframeRate=10\nseqLength=4\nimWidth=200\nimHeight=100\n"


def make_sequence(folder, ground_truth=TRUTH):
    folder.mkdir(parents=True)
    (folder / "seqinfo.ini").write_text(SEQINFO)
    if ground_truth is not None:
        (folder / "gt").mkdir()
        (folder / "gt" / "gt.txt").write_text(ground_truth)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The working folder: sequences A, B and C (no ground truth), trackers good and partial."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOT16_ROOT", str(tmp_path / "MOT16"))
    monkeypatch.setattr(sequence_module, "PROJECT", tmp_path)
    make_sequence(tmp_path / "MOT16" / "train" / "A")
    make_sequence(tmp_path / "MOT16" / "train" / "B")
    make_sequence(tmp_path / "MOT16" / "test" / "C", ground_truth=None)
    make_sequence(tmp_path / "data" / "scene")
    for name in ("good/A", "good/B", "partial/B"):
        path = tmp_path / "results" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PERFECT)
    return tmp_path


def table(capsys):
    """Parse the printed table: tracker -> (sequences, numbers)."""
    rows, lines = {}, capsys.readouterr().out.split("\n\n")[0].splitlines()
    for line in lines[2:]:
        words = line.split()
        rows[words[0]] = (" ".join(words[1:-17]), words[-17:])
    return rows


def test_all_trackers_are_scored_on_the_sequences_that_they_have(place, capsys):
    main([])
    out = capsys.readouterr().out
    assert "2 sequences: A, B (8 frames, 8 ground-truth boxes, 2 tracks)" in out
    assert "partial has no results for A" in out
    main([])
    rows = table(capsys)
    perfect = [*["100.0"] * 5, "0.00", "2", *"000000", *["100.0"] * 4]
    assert rows["good"] == ("all 2", perfect)
    assert rows["partial"][0] == "B"


def test_one_tracker_one_sequence(place, capsys):
    main(["--tracker", "good", "--seq", "B"])
    assert {name: row[0] for name, row in table(capsys).items()} == {"good": "B"}


def test_a_sequence_by_its_folder(place, capsys):
    main(["--seq", str(place / "MOT16" / "train" / "B"), "B"])
    assert set(table(capsys)) == {"good", "partial"}


def test_files_are_written(place):
    main(["--json", "out/a.json", "--csv", "out/a.csv", "--markdown", "out/a.md"])
    data = json.loads((place / "out" / "a.json").read_text())
    assert list(data["good"]) == ["OVERALL", "A", "B"]
    assert data["good"]["OVERALL"]["MOTA"] == 100
    assert sorted(os.listdir("out")) == ["a.csv", "a.json", "a.md"]


def test_columns_on_request(place, capsys):
    # Both people's tracks are perfect and shorter than ten boxes.
    main(["--tracker", "good", "--columns", "Purity", "Mixed", "--json", "a.json"])
    header, _, row = capsys.readouterr().out.splitlines()[:3]
    assert header.split()[2:6] == ["IDF1", "Purity", "Mixed", "IDP"]
    assert row.split()[3:7] == ["100.0", "100.0", "0", "100.0"]
    asked = json.loads((place / "a.json").read_text())["good"]["OVERALL"]
    main(["--tracker", "good", "--columns", "all", "--json", "b.json"])
    everything = json.loads((place / "b.json").read_text())["good"]["OVERALL"]
    main(["--tracker", "good", "--json", "c.json"])
    usual = json.loads((place / "c.json").read_text())["good"]["OVERALL"]
    assert set(asked) == {*usual, "Purity", "Mixed"}
    assert set(everything) == {*usual, *OPTIONAL_COLUMNS}


def test_an_unknown_column_is_refused(place, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--columns", "Purities"])
    assert caught.value.code == 2
    assert "invalid choice: 'Purities' (choose from" in capsys.readouterr().err


def test_a_class_that_is_no_number_is_refused(place, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--gt-classes", "1", "car"])
    assert caught.value.code == 2
    assert "--gt-classes: 'car': give class numbers, or all" in capsys.readouterr().err


def test_an_empty_result_file_has_only_misses(place, capsys):
    (place / "results" / "good" / "A.txt").write_text("")
    main(["--tracker", "good", "--seq", "A"])
    row = "0.0 0.0 0.0 0.0 0.0 0.00 0 0 1 0 4 0 0 0.0 0.0 0.0 0.0"
    assert table(capsys)["good"] == ("A", row.split())


def test_the_built_in_sequence(place, capsys):
    path = place / "results" / "scenic" / "scene.txt"
    path.parent.mkdir()
    path.write_text(PERFECT)
    main(["--tracker", "scenic"])
    assert table(capsys)["scenic"][0] == "scene"
    main(["--seq", "scene"])
    assert list(table(capsys)) == ["scenic"]


def test_the_built_in_sequence_is_not_averaged_with_the_benchmark(place, capsys):
    (place / "results" / "good" / "scene.txt").write_text(PERFECT)
    main(["--tracker", "good"])
    out = capsys.readouterr().out
    assert "2 sequences: A, B" in out
    assert "scene left out" in out


def test_results_that_cannot_be_scored_have_a_note(place, capsys):
    (place / "results" / "good" / "C.txt").write_text(PERFECT)
    (place / "results" / "good" / "log.txt").write_text("started")
    main([])
    out = capsys.readouterr().out
    assert "C.txt left out: its sequence has no ground truth" in out
    assert "log.txt left out: no sequence of that name" in out


def test_a_folder_with_none_of_the_sequences_is_skipped(place, capsys):
    (place / "results" / "good" / "A.txt").unlink()
    (place / "results" / "zero").mkdir()
    main(["--seq", "B"])
    assert set(table(capsys)) == {"good", "partial"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--results", "nowhere"], r"nowhere: no such folder"),
        (["--results", "MOT16"], r"MOT16: no TRACKER/SEQ.txt here"),
        (["--tracker", "bad"], r"no tracker 'bad' in results; there: good, partial"),
        (["--seq", "Z"], r"no sequence 'Z' in .*; there: A, B, C"),
        (["--seq", "C"], r"C/gt/gt.txt: no ground truth"),
        (["--seq", "all"], r"results/partial: no A.txt"),
        (["--tracker", "partial", "--seq", "A"], r"results/partial: no A.txt"),
        (
            ["--mot-root", "nowhere"],
            r"no ground truth for A.txt, B.txt under nowhere",
        ),
        (["--seq", "data/scene"], r"no tracker has scene.txt"),
        (["--json", "results"], r"results: cannot write here: it is a folder"),
    ],
)
def test_bad_arguments(place, arguments, message):
    with pytest.raises(InputError, match=message):
        main(arguments)


def test_two_sequences_of_one_name(place):
    make_sequence(place / "other" / "B")
    with pytest.raises(InputError, match="have the same name"):
        main(["--seq", "B", "other/B"])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,1,0,0,1,1\n1,1,0,0,1\n", "line 2: 5 columns where the first row has 6"),
        ("1,1,0,0,1,one\n", "line 1: column 6 is not a number: 'one'"),
        ("1,1,0,0,1,1\n\n1,1,0,0,1,1\n", "line 3: identity 1 twice in frame 1"),
        ("5,1,0,0,1,1\n", "line 1: frame beyond the sequence's last, 4"),
        ("0,1,0,0,1,1\n", "line 1: frame below 1"),
        ("1,1,0,0,nan,1\n", "line 1: left, top, width, height must be finite"),
        ("1,1,0,0,-1,1\n", "line 1: negative width or height"),
        ("1,1,0\n", "line 1: 3 columns, at least 6 are needed"),
    ],
)
def test_a_bad_result_file_is_one_line_on_stderr_and_nothing_written(
    place, capsys, monkeypatch, rows, message
):
    (place / "results" / "good" / "B.txt").write_text(rows)
    with pytest.raises(SystemExit) as caught:
        run(lambda: main(["--tracker", "good", "--json", "out.json"]))
    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: results/good/B.txt, ")
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert not (place / "out.json").exists()


def test_a_bad_ground_truth_is_named(place):
    (place / "MOT16" / "train" / "B" / "gt" / "gt.txt").write_text(TRUTH + "4,1,0,0,1,1,1,1,1\n")
    with pytest.raises(InputError, match=r"B/gt/gt\.txt, line 5: identity 1 twice in frame 4"):
        main([])


def call(*arguments):
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "eval_mot.py", *arguments],
        capture_output=True,
        text=True,
    )


def test_the_process_fails_with_status_2_and_no_traceback(place):
    (place / "results" / "good" / "B.txt").write_text("1,1,0,0,1,1\n1,2,0,0,1,x\n")
    done = call("--markdown", "out.md")
    assert done.returncode == 2
    assert done.stderr == ("error: results/good/B.txt, line 2: column 6 is not a number: 'x'\n")
    assert done.stdout == ""
    assert not (place / "out.md").exists()


def test_the_process_scores_real_results(mot_data, tmp_path):
    done = call(
        *("--results", str(mot_data / "results"), "--mot-root", str(mot_data / "MOT16")),
        *("--tracker", "deepsort", "tracktor", "--seq", "MOT16-05", "MOT16-09", "MOT16-13"),
        *("--json", str(tmp_path / "scores.json")),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 sequences: MOT16-05, MOT16-09, MOT16-13" in done.stdout
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores["deepsort"]["MOT16-09"]["FP"] == 212
    assert scores["deepsort"]["OVERALL"]["FP"] == 510 + 212 + 1518


def test_help_needs_none_of_the_heavy_packages():
    code = (
        "import sys, flatsort.commands.eval_mot\n"
        "try: flatsort.commands.eval_mot.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'cv2', 'torch', 'pandas', 'motmetrics', 'scipy'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "examples:" in done.stdout


def test_the_number_of_processes_changes_no_byte(place, capsys, monkeypatch):
    """Small files would be scored in one process whatever --jobs says."""
    monkeypatch.setattr("flatsort.evaluation.tracks.score._WORTH_A_POOL", 0)
    outputs = []
    for jobs in ("1", "2"):
        main(["--jobs", jobs, "--per-sequence", "--json", f"{jobs}.json"])
        outputs.append((capsys.readouterr().out, (place / f"{jobs}.json").read_bytes()))
    assert outputs[0] == outputs[1]
    assert "good" in outputs[0][0]
