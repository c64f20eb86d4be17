"""The command line, from a labelled folder to tables, numbers and pictures."""

import json
import shutil

import cv2
import numpy as np
import pytest

from tools.descriptor_report import main
from tools.descriptors import registry

RED, BLUE, GREEN = (0, 0, 255), (255, 0, 0), (0, 200, 0)
PEOPLE = ((RED, 5, 20, 20, 50, 0), (BLUE, 60, 40, 24, 60, 1), (GREEN, 130, 30, 20, 60, 0))
DISTANCES = ["cosine", "centred cosine", "euclidean"]


@pytest.fixture
def labelled_sequence(make_sequence):
    """Three people of plain colours in 31 frames, with ground truth."""

    def make(people=PEOPLE, length=31, **options):
        sequence = make_sequence(people=people, length=length, **options)
        (sequence.folder / "gt").mkdir()
        (sequence.folder / "gt" / "gt.txt").write_text(
            "".join(
                f"{number},{who},{left + step * (number - 1)},{top},{width},{height},1,1,1\n"
                for number in range(1, length + 1)
                for who, (_, left, top, width, height, step) in enumerate(people, 1)
            )
        )
        return sequence

    return make


def test_people_of_plain_colours_are_told_apart(tool, labelled_sequence, tmp_path, files_under):
    folder = labelled_sequence().folder
    out = tmp_path / "out"
    ended = tool(main, "--descriptor", "histogram", "--seq", folder, "--out", out)
    assert ended.status == 0, ended.err
    # Frames 1 and 21 to 31, 3 and 23 to 31, ... 11 and 31: 6 + 5 + ... + 1 pairs of frames.
    assert "48 labelled crops of 3 people; 63 pairs of one person and 126 of two" in ended.out
    assert "Gates are found, without labels, on 93 detections of det.txt" in ended.out
    assert files_under(out) == [
        *("distances-histogram.png", "distances-raw_pixels.png"),
        *("report.json", "report.md", "roc.png"),
    ]
    facts = json.loads((out / "report.json").read_text())
    assert list(facts["descriptors"]) == ["raw pixels", "histogram"]
    assert facts["seeds"] == {}
    histogram = facts["descriptors"]["histogram"]
    assert histogram["dimensions"] == 288
    assert list(histogram["scores"]) == DISTANCES
    for scores in histogram["scores"].values():
        assert scores == {
            "auc": 1.0,
            "equal_error_rate": 0.0,
            "rank_1": 1.0,
            "mean_average_precision": 1.0,
        }
    # The colours share no bin, so cosines are 0 or 1; found without labels and right with them.
    gate = histogram["gates"]["cosine"]
    assert gate["gate"] == pytest.approx(0.5, abs=0.1)
    assert gate["pairs"] == gate["galleries"] == {"false_accept": 0.0, "false_reject": 0.0}
    assert histogram["recommended"]["cosine"]["equal_error_rate"] == 0
    assert (histogram["own"]["distance"], histogram["own"]["gate"]) == ("cosine", 0.2)
    assert histogram["flatness"] is None
    assert facts["descriptors"]["raw pixels"]["own"] is None


def test_the_page_shows_what_the_terminal_does(tool, labelled_sequence, tmp_path):
    out = tmp_path / "out"
    words = ["--descriptor", "histogram", "--seq", labelled_sequence().folder, "--out", out]
    printed = tool(main, *words).out
    page = (out / "report.md").read_text()
    for name in ("roc.png", "distances-histogram.png", "distances-raw_pixels.png"):
        assert f"]({name})" in page
        picture = cv2.imread(str(out / name))
        assert picture.shape[0] > 400
        # Both colours of the pairs are there.
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20
    for title in ("Scores", "Gates"):
        assert f"## {title}\n" in page
        assert f"{title}\n\n" in printed
    assert "Seeds" not in page
    assert "Flatness" not in page
    cells = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| histogram")]
    assert [cell.strip() for cell in cells[0][:6]] == [
        *("histogram", "cosine *"),
        *("1.000", "0.000", "1.000", "1.000"),
    ]


def test_numbers_alone(tool, labelled_sequence, tmp_path):
    path = tmp_path / "deep" / "numbers.json"
    words = ["--descriptor", "histogram", "--seq", labelled_sequence().folder, "--json", path]
    assert tool(main, *words).status == 0
    assert json.loads(path.read_text())["people"] == 3
    assert [p.name for p in path.parent.iterdir()] == ["numbers.json"]


def test_weights_and_their_seeds(tool, labelled_sequence, tiny_weights, tmp_path):
    mean = [0.5, -1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0]
    first = tiny_weights("tiny", latent_mean=mean)
    second = tmp_path / "tiny-seed1.safetensors"
    shutil.copy(first, second)
    path = tmp_path / "n.json"
    folder = labelled_sequence().folder
    ended = tool(main, "--descriptor", first, second, "--seq", folder, "--json", path)
    assert ended.status == 0, ended.err
    assert "tiny (2 seeds)" in ended.out
    assert "Flatness of the decoder" in ended.out
    facts = json.loads(path.read_text())
    one, other = (facts["descriptors"][name] for name in ("tiny", "tiny-seed1"))
    assert one["scores"] == other["scores"]
    assert one["flatness"] == other["flatness"]
    assert one["flatness"]["crops"] == 48
    assert one["centre"] == "the descriptor's own"
    assert one["own"]["distance"] == "centred cosine"
    auc = facts["seeds"]["tiny"]["scores"]["euclidean"]["auc"]
    assert auc["mean"] == pytest.approx(one["scores"]["euclidean"]["auc"])
    assert auc["deviation"] == pytest.approx(0)
    assert facts["seeds"]["tiny"]["members"] == ["tiny", "tiny-seed1"]


def test_a_descriptor_of_ones_own(tool, labelled_sequence, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_REGISTERED", {})
    plugin = tmp_path / "my_reid.py"
    plugin.write_text(
        "import numpy as np\n"
        "from tools.descriptors import register\n"
        "from tracker import AppearanceMetric\n"
        "@register('report-left', AppearanceMetric('euclidean', gate=30.0))\n"
        "def left(frame, boxes_tlwh):\n"
        "    return np.asarray(boxes_tlwh)[:, :1]\n"
    )
    path = tmp_path / "n.json"
    words = ["--descriptor", "report-left", "--plugin", plugin, "--json", path]
    assert tool(main, *words, "--seq", labelled_sequence().folder).status == 0
    own = json.loads(path.read_text())["descriptors"]["report-left"]["own"]
    # The walker of 60 to 90 comes 35 px from the left one, who stands at 5, and 40 from the right.
    assert own == {
        "distance": "euclidean",
        "gate": 30.0,
        "pairs": {"false_accept": 0.0, "false_reject": 0.0},
        "galleries": {"false_accept": 0.0, "false_reject": 0.0},
    }


def test_detections_too_few_for_a_gate(tool, labelled_sequence):
    folder = labelled_sequence(detections="1,-1,5,20,20,50,0.9\n").folder
    ended = tool(main, "--descriptor", "histogram", "--seq", folder)
    assert ended.status == 0
    rows = [line for line in ended.out.splitlines() if line.startswith("histogram")]
    assert rows[1].split()[2:] == ["-"] * 6


class TestBadInput:
    @pytest.mark.parametrize(
        ("word", "says"),
        [
            ("none", "does not look at frames"),
            ("features:some.npy", "does not look at frames"),
            ("nobody", "unknown"),
            ("absent.safetensors", "absent.safetensors"),
        ],
    )
    def test_descriptors(self, tool, labelled_sequence, word, says):
        folder = labelled_sequence().folder
        np.save(folder / "det" / "some.npy", np.zeros((1, 12)))
        ended = tool(main, "--descriptor", "histogram", word, "--seq", folder)
        assert says in ended.error
        assert word in ended.error

    def test_the_same_name_twice(self, tool, labelled_sequence, tiny_weights):
        ended = tool(
            main,
            *("--descriptor", tiny_weights(), tiny_weights()),
            *("--seq", labelled_sequence().folder),
        )
        assert "is called tiny too" in ended.error

    def test_no_ground_truth(self, tool, make_sequence):
        ended = tool(main, "--descriptor", "histogram", "--seq", make_sequence().folder)
        assert "gt.txt: no ground truth" in ended.error

    def test_no_frames(self, tool, labelled_sequence):
        folder = labelled_sequence(images=False).folder
        ended = tool(main, "--descriptor", "histogram", "--seq", folder)
        assert "img1 has no frames" in ended.error

    def test_no_such_detections(self, tool, labelled_sequence):
        words = ["--descriptor", "histogram", "--seq", labelled_sequence().folder]
        assert "yolox.txt" in tool(main, *words, "--detections", "yolox.txt").error

    def test_too_short(self, tool, labelled_sequence):
        folder = labelled_sequence(length=19).folder
        ended = tool(main, "--descriptor", "histogram", "--seq", folder)
        assert "no two crops of one person are 20 to 150 frames apart" in ended.error

    def test_one_person(self, tool, labelled_sequence):
        folder = labelled_sequence(people=PEOPLE[:1]).folder
        ended = tool(main, "--descriptor", "histogram", "--seq", folder)
        assert "no two crops of two people are 20 to 150 frames apart" in ended.error

    def test_several_sequences(self, tool, labelled_sequence, tmp_path):
        labelled_sequence()
        labelled_sequence(name="MOT16-97")
        ended = tool(main, "--descriptor", "histogram", "--seq", "all", "--mot-root", tmp_path)
        assert "one sequence" in ended.error

    @pytest.mark.parametrize("option", ["--json", "--out"])
    def test_nowhere_to_write(self, tool, labelled_sequence, tmp_path, option):
        (tmp_path / "file").write_text("mine")
        words = ["--descriptor", "histogram", "--seq", labelled_sequence().folder]
        ended = tool(main, *words, option, tmp_path / "file" / "x")
        assert "cannot write here" in ended.error
        # Known before the work, not after it.
        assert "describing" not in ended.err

    def test_a_frame_that_cannot_be_read_leaves_nothing(self, tool, labelled_sequence, tmp_path):
        sequence = labelled_sequence()
        sequence.frame_path(13).write_bytes(b"\xff\xd8 no picture")
        out = tmp_path / "out"
        words = ["--descriptor", "histogram", "--seq", sequence.folder, "--out", out]
        assert "000013.jpg" in tool(main, *words).error
        assert not out.exists()
