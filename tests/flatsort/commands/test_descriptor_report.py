"""The command descriptor_report: from a labelled folder to tables, numbers and pictures."""

import json
import shutil

import cv2
import numpy as np
import pytest

from flatsort.commands.descriptor_report import main
from flatsort.descriptors import registry
from flatsort.tracker import AppearanceMetric

RED, BLUE, GREEN = (0, 0, 255), (255, 0, 0), (0, 200, 0)
PEOPLE = ((RED, 5, 20, 20, 50, 0), (BLUE, 60, 40, 24, 60, 1), (GREEN, 130, 30, 20, 60, 0))
DISTANCES = ["cosine", "centred cosine", "euclidean"]
OWN_DISTANCES = ["cosine", "centred cosine", "own-centred cosine", "euclidean"]
COSINE = AppearanceMetric("cosine")
# Two people stand at 5 and at 60 px; the detections show two others, both farther right.
STANDING = ((RED, 5, 20, 20, 50, 0), (BLUE, 60, 40, 24, 60, 0))
FARTHER_RIGHT = "".join(
    f"{number},-1,{left},20,20,50,0.9\n" for number in range(1, 32) for left in (100, 130)
)


@pytest.fixture
def labelled_sequence(make_sequence):
    """Make a sequence of three people in plain colours, 31 frames, with ground truth."""

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


@pytest.fixture
def left_of_box(monkeypatch):
    """Register descriptors with these metrics whose feature is the left edge of the box."""
    monkeypatch.setattr(registry, "_REGISTERED", {})

    def make(**metrics):
        for name, metric in metrics.items():
            registry.register_descriptor(name, metric)(lambda frame, boxes_tlwh: boxes_tlwh[:, :1])
        return ["--descriptor", *metrics]

    return make


def test_people_of_plain_colours_are_told_apart(tool, labelled_sequence, tmp_path, files_under):
    folder = labelled_sequence().folder
    out = tmp_path / "out"
    ended = tool(main, "--descriptor", "histogram", "--seq", folder, "--out", out)
    assert ended.status == 0, ended.err
    # Frames 1 and 21 to 31, 3 and 23 to 31, ... 11 and 31: 6 + 5 + ... + 1 pairs of frames.
    assert "48 labelled crops of 3 people" in ended.out
    assert "63 pairs of one person and 126 pairs of two people" in ended.out
    assert "Gates are found without labels, on 93 detections of det.txt" in ended.out
    assert files_under(out) == [
        *("distances-histogram.png", "distances-raw_pixels.png"),
        *("report.json", "report.md", "roc.png"),
    ]
    facts = json.loads((out / "report.json").read_text())
    assert list(facts["descriptors"]) == ["raw pixels", "histogram"]
    assert facts["seeds"] == {}
    assert "the page shows no spread over trainings" in (out / "report.md").read_text()
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
    # The colours share no bin, so cosines are 0 or 1, and the gate found without labels is right.
    gate = histogram["gates"]["cosine"]
    assert gate["gate"] == pytest.approx(0.5, abs=0.1)
    assert gate["pairs"] == gate["galleries"] == {"false_accept": 0.0, "false_reject": 0.0}
    assert histogram["recommended"]["cosine"]["equal_error_rate"] == 0
    assert (histogram["own"]["distance"], histogram["own"]["gate"]) == ("cosine", 0.2)
    assert histogram["flatness"] is None
    assert facts["descriptors"]["raw pixels"]["own"] is None


def test_the_page_has_the_tables_of_the_terminal(tool, labelled_sequence, tmp_path):
    out = tmp_path / "out"
    words = ["--descriptor", "histogram", "--seq", labelled_sequence().folder, "--out", out]
    printed = tool(main, *words).out
    page = (out / "report.md").read_text()
    for name in ("roc.png", "distances-histogram.png", "distances-raw_pixels.png"):
        assert f"]({name})" in page
        picture = cv2.imread(str(out / name))
        assert picture.shape[0] > 400
        # The picture is not empty.
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
    assert list(one["scores"]) == OWN_DISTANCES
    # The mean in the weights differs from the mean of the detections.
    assert one["scores"]["own-centred cosine"] != one["scores"]["centred cosine"]
    assert one["own"]["distance"] == "own-centred cosine"
    assert list(facts["seeds"]["tiny"]["scores"]) == OWN_DISTANCES
    auc = facts["seeds"]["tiny"]["scores"]["euclidean"]["auc"]
    assert auc["mean"] == pytest.approx(one["scores"]["euclidean"]["auc"])
    assert auc["deviation"] == pytest.approx(0)
    assert facts["seeds"]["tiny"]["members"] == ["tiny", "tiny-seed1"]


def test_weights_calibrated_for_euclidean_distance_have_a_centre_too(
    tool, labelled_sequence, tiny_weights, tmp_path
):
    card = {"calibration": {"kind": "euclidean", "gate": 7.5}}
    path = tmp_path / "n.json"
    words = ["--descriptor", tiny_weights(card=card), "--json", path]
    assert tool(main, *words, "--seq", labelled_sequence().folder).status == 0
    tiny = json.loads(path.read_text())["descriptors"]["tiny"]
    assert list(tiny["scores"]) == OWN_DISTANCES
    # The mean of untrained weights is the origin.
    assert tiny["scores"]["own-centred cosine"] == tiny["scores"]["cosine"]
    assert (tiny["own"]["distance"], tiny["own"]["gate"]) == ("euclidean", 7.5)


def test_a_cosine_is_centred_on_the_detections_and_on_the_descriptors_own_centre(
    tool, labelled_sequence, left_of_box, tmp_path
):
    folder = labelled_sequence(people=STANDING, detections=FARTHER_RIGHT).folder
    out = tmp_path / "out"
    words = left_of_box(plain=COSINE, own=AppearanceMetric("cosine", 0.5, np.array([30.0])))
    ended = tool(main, *words, "--seq", folder, "--out", out)
    assert ended.status == 0, ended.err
    facts = json.loads((out / "report.json").read_text())["descriptors"]
    plain, own = facts["plain"], facts["own"]
    # The cosine of two numbers is 1 or -1. Both people stand left of 115, the mean of the
    # detections; 30, the own centre, lies between them.
    assert {name: scores["auc"] for name, scores in own["scores"].items()} == {
        "cosine": 0.5,
        "centred cosine": 0.5,
        "own-centred cosine": 1.0,
        "euclidean": 1.0,
    }
    assert own["own"] == {
        "distance": "own-centred cosine",
        "gate": 0.5,
        "pairs": {"false_accept": 0.0, "false_reject": 0.0},
        "galleries": {"false_accept": 0.0, "false_reject": 0.0},
    }
    # The two detected people stand on both sides of 115, but both right of 30.
    assert own["gates"]["centred cosine"]["gate"] == 1
    assert own["recommended"]["centred cosine"]["equal_error_rate"] == 0
    assert own["recommended"]["own-centred cosine"]["equal_error_rate"] == 1
    assert list(own["gates"]) == OWN_DISTANCES
    assert list(plain["gates"]) == list(plain["scores"]) == DISTANCES
    assert plain["scores"] == {name: own["scores"][name] for name in DISTANCES}
    assert plain["own"]["distance"] == "cosine"

    page = (out / "report.md").read_text()
    assert "centred cosine: the cosine distance about the mean of the detections." in page
    assert "own-centred cosine: the cosine distance about the descriptor's own centre" in page
    assert "own: own-centred cosine" in page
    assert "| own-centred cosine *" in page
    # One panel per distance.
    widths = [cv2.imread(str(out / f"distances-{name}.png")).shape[1] for name in ("plain", "own")]
    assert widths[0] / 3 == pytest.approx(widths[1] / 4, rel=0.01)


def test_labels_do_not_change_the_recommended_gates(tool, labelled_sequence, left_of_box, tmp_path):
    words = left_of_box(plain=COSINE)
    found = []
    for name, people in (("MOT16-98", STANDING), ("MOT16-97", PEOPLE)):
        folder = labelled_sequence(name=name, people=people, detections=FARTHER_RIGHT).folder
        path = tmp_path / f"{name}.json"
        assert tool(main, *words, "--seq", folder, "--json", path).status == 0
        found.append(json.loads(path.read_text())["descriptors"]["plain"])
    assert found[0]["scores"] != found[1]["scores"]
    assert found[0]["recommended"] == found[1]["recommended"]
    assert found[0]["recommended"]["centred cosine"]["gate"] == 1


def test_without_detections_a_cosine_is_centred_on_the_labelled_crops(
    tool, labelled_sequence, left_of_box, tmp_path
):
    folder = labelled_sequence(people=STANDING, detections="1,-1,100,20,20,50,0.1\n").folder
    path = tmp_path / "n.json"
    ended = tool(main, *left_of_box(plain=COSINE), "--seq", folder, "--json", path)
    assert ended.status == 0, ended.err
    assert "about the mean of the labelled crops, because there are no detections" in ended.out
    assert "own-centred" not in ended.out
    facts = json.loads(path.read_text())
    assert facts["detected"] == 0
    plain = facts["descriptors"]["plain"]
    assert plain["scores"]["centred cosine"]["auc"] == 1
    assert plain["recommended"] == dict.fromkeys(DISTANCES)


def test_a_descriptor_from_a_plugin(tool, labelled_sequence, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_REGISTERED", {})
    plugin = tmp_path / "my_reid.py"
    plugin.write_text(
        "import numpy as np\n"
        "from flatsort.descriptors import register_descriptor\n"
        "from flatsort.tracker import AppearanceMetric\n"
        "@register_descriptor('report-left', AppearanceMetric('euclidean', gate=30.0))\n"
        "def left(frame, boxes_tlwh):\n"
        "    return np.asarray(boxes_tlwh)[:, :1]\n"
    )
    path = tmp_path / "n.json"
    words = ["--descriptor", "report-left", "--plugin", plugin, "--json", path]
    assert tool(main, *words, "--seq", labelled_sequence().folder).status == 0
    own = json.loads(path.read_text())["descriptors"]["report-left"]["own"]
    # One person walks from 60 to 90; the others stand at 5 and 130, at least 40 px away.
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
        # The error comes before the work starts.
        assert "describing" not in ended.err

    def test_a_frame_that_cannot_be_read_leaves_nothing(self, tool, labelled_sequence, tmp_path):
        sequence = labelled_sequence()
        sequence.frame_path(13).write_bytes(b"\xff\xd8 no picture")
        out = tmp_path / "out"
        words = ["--descriptor", "histogram", "--seq", sequence.folder, "--out", out]
        assert "000013.jpg" in tool(main, *words).error
        assert not out.exists()


def test_principal_components_are_scored_without_a_decoder(tool, labelled_sequence, tmp_path):
    numbers = tmp_path / "numbers.json"
    words = ("--descriptor", "pca", "--seq", labelled_sequence().folder, "--json", numbers)
    ended = tool(main, *words)
    assert ended.status == 0, ended.err
    found = json.loads(numbers.read_text())["descriptors"]["pca"]
    assert found["dimensions"] == 128
    assert list(found["scores"]) == OWN_DISTANCES
    assert found["flatness"] is None


def test_two_processes_find_the_figures_of_one(tool, labelled_sequence, tmp_path):
    """Only the speed of the descriptors differs from run to run."""
    folder, reports = labelled_sequence().folder, []
    for jobs in ("1", "2"):
        path = tmp_path / f"{jobs}.json"
        words = ("--seq", folder, "--descriptor", "histogram", "fmvae-track", "--json", path)
        outcome = tool(main, *words, "--jobs", jobs)
        assert outcome.status == 0, outcome.err
        report = json.loads(path.read_text())
        for each in report["descriptors"].values():
            del each["crops_per_second"], each["busy_cores"]
        reports.append(report)
    assert [*reports[0]["descriptors"]][1:] == ["histogram", "fmvae-track"]
    assert reports[0] == reports[1]
