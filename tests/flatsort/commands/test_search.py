"""search.py on people of three colours who pass two cameras."""

import json
import shutil

import cv2
import numpy as np
import pytest

from flatsort.commands.search import main
from flatsort.retrieval.gallery_folder import write_gallery
from flatsort.retrieval.neighbours import installed_engines

RED, GREEN, BLUE = (0, 0, 255), (0, 200, 0), (255, 0, 0)
LENGTH = 60


def person(colour, left):
    return colour, left, 20, 20, 60, 0


def track(identity, left, first=1, last=LENGTH):
    return "".join(
        f"{frame},{identity},{left},20,20,60,1,-1,-1,-1\n" for frame in range(first, last + 1)
    )


@pytest.fixture
def place(make_sequence, tmp_path, monkeypatch):
    """A working directory with the sequences one and two, and their results in results/none/.

    Sequence one shows the red person (track 1) and the green one (track 2). Sequence two shows the
    green person (track 1, then 5), the blue one (track 2) and the red one (track 3).
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOT16_ROOT", str(tmp_path))
    make_sequence((person(RED, 10), person(GREEN, 70)), name="one", length=LENGTH)
    two = make_sequence(
        (person(GREEN, 10), person(BLUE, 60), person(RED, 110)), name="two", length=LENGTH
    )
    (two.folder / "gt").mkdir()
    truth = "".join(
        f"{frame},{identity},{left},20,20,60,1,1,1\n"
        for identity, left in ((1, 10), (2, 60), (3, 110))
        for frame in range(1, LENGTH + 1)
    )
    two.ground_truth_path.write_text(truth)
    (tmp_path / "results" / "none").mkdir(parents=True)
    results = tmp_path / "results" / "none"
    (results / "one.txt").write_text(track(1, 10) + track(2, 70))
    (results / "two.txt").write_text(
        track(1, 10, last=25) + track(5, 10, first=28) + track(2, 60) + track(3, 110)
    )
    return tmp_path


RESULTS = ("--results", "results/none/one.txt", "results/none/two.txt")


@pytest.fixture
def indexed(tool, place):
    """The working directory with people.npz, an index by histogram."""
    outcome = tool(main, "index", *RESULTS, "--descriptor", "histogram", "--out", "people.npz")
    assert outcome.status == 0, outcome.err
    assert outcome.out == (
        "wrote people.npz: 6 tracks of 2 sources by histogram, 96 boxes of 288 columns\n"
    )
    return place


def ranks(text):
    """Return SOURCE:ID of each row of the table."""
    words = [line.split() for line in text.splitlines()]
    return [f"{line[2]}:{line[3]}" for line in words if line and line[0].isdigit()]


@pytest.mark.parametrize("engine", installed_engines())
def test_a_track_finds_the_person_in_the_other_camera(tool, indexed, engine):
    words = ("query", "--index", "people.npz", "--track", "one:2", "--engine", engine)
    outcome = tool(main, *words, "--top", "2")
    assert (outcome.status, outcome.err) == (0, "")
    # Both tracks of the green person are equally near; the query itself is left out.
    assert ranks(outcome.out) == ["two:1", "two:5"]
    assert f"The search covered 5 tracks ({engine})." in outcome.out
    assert ranks(tool(main, *words).out)[:2] == ["two:1", "two:5"]
    assert len(ranks(tool(main, *words).out)) == 5


def test_a_search_in_one_camera_only(tool, indexed):
    words = ("query", "--index", "people.npz", "--track", "two:3", "--in", "two")
    assert sorted(ranks(tool(main, *words).out)) == ["two:1", "two:2", "two:5"]
    assert ranks(tool(main, *words[:-1], "one").out)[0] == "one:1"
    assert "no source 'x'" in tool(main, *words, "x").error


def test_pictures_and_json(tool, indexed, files_under):
    before = files_under(indexed)
    words = ("query", "--index", "people.npz", "--track", "one:1", "--json", "a.json")
    for name in ("a.jpg", "a.png", "a.html"):
        outcome = tool(main, *words, "--out", name)
        assert outcome.out.endswith(f"wrote {name}\nwrote a.json\n")
    assert cv2.imread("a.jpg").shape == cv2.imread("a.png").shape
    assert "two:3" in (indexed / "a.html").read_text()
    hits = json.loads((indexed / "a.json").read_text())["hits"]
    assert [hits[0][key] for key in ("source", "id", "first", "last")] == ["two", 3, 1, LENGTH]
    assert set(files_under(indexed)) - set(before) == {"a.jpg", "a.png", "a.html", "a.json"}


def test_a_picture_finds_the_person(tool, indexed):
    image = np.full((200, 300, 3), 90, np.uint8)
    image[50:110, 200:220] = BLUE
    cv2.imwrite("street.png", image)
    words = ("query", "--index", "people.npz", "--picture", "street.png", "--top", "1")
    assert ranks(tool(main, *words, "--box", "200,50,20,60").out) == ["two:2"]
    cv2.imwrite("street.png", image[50:110, 200:220])
    outcome = tool(main, *words, "--distance", "euclidean")
    assert ranks(outcome.out) == ["two:2"]
    assert "street.png: Euclidean distance of histogram. The search covered 6 tracks" in outcome.out


def test_source_names_the_footage(tool, place):
    shutil.move("one", "elsewhere")
    words = ("index", *RESULTS, "--descriptor", "histogram", "--out", "people.npz")
    assert "results/none/one.txt: name its footage with --source" in tool(main, *words).error
    assert not (place / "people.npz").exists()
    outcome = tool(main, *words, "--source", "elsewhere/img1", "two", "--boxes", "2")
    assert "6 tracks of 2 sources by histogram, 12 boxes" in outcome.out


def test_other_weights_are_refused(tool, place, tiny_weights):
    first = shutil.copy(tiny_weights(), place / "mine.safetensors")
    second = tiny_weights(card={"calibration": {"kind": "euclidean", "gate": 2.0}})
    words = ("index", *RESULTS, "--descriptor", "mine.safetensors", "--out", "people.npz")
    assert "by mine.safetensors, 96 boxes of 8 columns" in tool(main, *words).out
    cv2.imwrite("red.png", np.full((60, 20, 3), RED, np.uint8))
    query = ("query", "--index", "people.npz", "--picture", "red.png", "--top", "1")
    found = ranks(tool(main, *query).out)
    # The contents of the weights file matter, not its place.
    shutil.move(first, place / "moved.safetensors")
    assert "mine.safetensors: no such weights file" in tool(main, *query).error
    assert ranks(tool(main, *query, "--descriptor", "moved.safetensors").out) == found
    shutil.copy(second, place / "mine.safetensors")
    error = tool(main, *query).error
    assert "mine.safetensors is not the descriptor that made the index" in error
    # The index holds the features of its tracks, so no weights are needed.
    assert tool(main, *query[:3], "--track", "one:1").status == 0


def test_evaluation(tool, indexed):
    outcome = tool(
        main, "evaluate", "--index", "people.npz", "--json", "a.json", "--markdown", "a.md"
    )
    assert outcome.status == 0, outcome.err
    (numbers,) = json.loads((indexed / "a.json").read_text())
    fragments, halves = numbers["tasks"]["Fragments"], numbers["tasks"]["Halves"]
    # Tracks 1 and 5 of two are green and must find each other; the green track of one is as near,
    # but sequence one has no labels.
    assert fragments["queries"] == 2
    assert fragments["best_possible"]["precision"]["1"] == 1
    # All tracks but the two fragments are long enough to leave 20 frames between their halves.
    assert halves["queries"] == 4
    assert set(halves["distances"]) == {"cosine", "centred cosine", "euclidean"}
    assert fragments["agreement"] == dict.fromkeys(installed_engines(), 2)
    assert "## Fragments" in (indexed / "a.md").read_text()
    assert "for 6 of 6 queries the first 10 answers equal an exhaustive" in outcome.out


PLUGIN = """
import numpy as np
from flatsort.images.crops import cut_crops
from flatsort.descriptors import register_descriptor
from flatsort.tracker import AppearanceMetric

@register_descriptor("mean-colour", AppearanceMetric("euclidean", gate=20.0))
def mean_colour(frame, boxes_tlwh):
    return np.array([crop.mean((0, 1)) for crop in cut_crops(frame, boxes_tlwh, 8, 8)])
"""


def test_a_plugin_descriptor(tool, place):
    from flatsort.descriptors.registry import _REGISTERED

    (place / "mine.py").write_text(PLUGIN)
    words = ("--plugin", "mine.py", "--descriptor", "mean-colour")
    try:
        outcome = tool(main, "index", *RESULTS, *words, "--out", "people.npz")
        assert "by mean-colour, 96 boxes of 3 columns" in outcome.out
    finally:
        del _REGISTERED["mean-colour"]
    outcome = tool(main, "query", "--index", "people.npz", "--track", "one:1", "--top", "1")
    assert ranks(outcome.out) == ["two:3"]
    assert "Within one camera, a distance up to 20 means one person." in outcome.out
    cv2.imwrite("red.png", np.full((60, 20, 3), RED, np.uint8))
    error = tool(main, "query", "--index", "people.npz", "--picture", "red.png").error
    assert "--descriptor mean-colour: unknown" in error
    # Another descriptor of the same name: every pixel instead of the mean of the pixels.
    (place / "mine.py").write_text(PLUGIN.replace("crop.mean((0, 1))", "crop.mean(2).ravel()"))
    try:
        words = ("--picture", "red.png", "--plugin", "mine.py")
        error = tool(main, "query", "--index", "people.npz", *words).error
        assert "mean-colour gives 64 numbers per person, but the index has 3" in error
    finally:
        del _REGISTERED["mean-colour"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["query"], "give either --track SOURCE:ID or --picture FILE"),
        (["query", "--track", "one:1", "--picture", "a.jpg"], "give either --track"),
        (["query", "--track", ""], "no source ''"),
        (["query", "--track", "one:9"], "no track '9' in one"),
        (["query", "--track", "one:1", "--box", "1,1,1,1"], "--box goes with --picture"),
        (["query", "--track", "one:1", "--descriptor", "x"], "--descriptor goes with --picture"),
        (["query", "--track", "one:1", "--top", "0"], "--top 0: ask for at least one track"),
        (["query", "--track", "one:1", "--out", "a.pdf"], "a.pdf: the picture's name must end"),
        (["query", "--track", "one:1", "--out", "one"], "one: the picture's name must end"),
        (["query", "--track", "one:1", "--json", "one"], "one: cannot write here"),
        (["query", "--picture", "nobody.jpg"], "nobody.jpg: cannot read the person's picture"),
        (["query", "--picture", "people.npz"], "people.npz: truncated or not an image"),
        (["query", "--picture", "one/img1/000001.jpg", "--box", "1,2"], "give left,top,width"),
        (["query", "--picture", "one/img1/000001.jpg", "--box", "1,2,0,3"], "give left,top,width"),
        (
            ["query", "--picture", "one/img1/000001.jpg", "--box", "900,2,9,3"],
            "which has 160 x 120",
        ),
        (["evaluate", "--json", "one"], "one: cannot write here"),
    ],
)
def test_bad_options_of_query_and_evaluate(tool, indexed, files_under, words, message):
    before = files_under(indexed)
    command, *rest = words
    assert message in tool(main, command, "--index", "people.npz", *rest).error
    assert files_under(indexed) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--boxes", "0"], "--boxes 0: a track needs at least one"),
        (["--descriptor", "none"], "--descriptor none does not look at people"),
        (["--descriptor", "nobody"], "--descriptor nobody: unknown"),
        (["--source", "one"], "--source names 1, but there are 2 result files"),
        (["--out", "one"], "one: cannot write here"),
        (["--results", "results/none/three.txt"], "three.txt: cannot read"),
    ],
)
def test_bad_options_of_index(tool, place, files_under, words, message):
    before = files_under(place)
    assert message in tool(main, "index", *RESULTS, "--out", "people.npz", *words).error
    assert files_under(place) == before


def test_a_missing_index(tool, place):
    for words in (["query", "--track", "one:1"], ["evaluate"]):
        assert "x.npz: no such index" in tool(main, words[0], "--index", "x.npz", *words[1:]).error


def test_faiss_that_is_not_installed(tool, indexed, monkeypatch):
    import flatsort.retrieval.query as query

    monkeypatch.setattr(query, "installed_engines", lambda: ["kd-tree"])
    words = ("query", "--index", "people.npz", "--track", "one:1")
    assert "pip install faiss-cpu" in tool(main, *words, "--engine", "faiss").error
    assert "(kd-tree)" in tool(main, *words).out


def test_real_people(tool, mot_data, tmp_path, monkeypatch):
    """With a clip's ground truth as results, first halves find second halves."""
    monkeypatch.chdir(tmp_path)
    clip = mot_data / "clips" / "MOT16-04-first50"
    lines = (clip / "gt" / "gt.txt").read_text().splitlines()
    people = [line for line in lines if line.split(",")[6:8] == ["1", "1"]]
    (tmp_path / "MOT16-04-first50.txt").write_text("\n".join(people))
    words = ("--results", "MOT16-04-first50.txt", "--source", clip, "--boxes", "4")
    for descriptor in ("fmvae-track-unseen", "histogram"):
        tool(main, "index", *words, "--descriptor", descriptor, "--out", f"{descriptor}.npz")
    outcome = tool(
        main,
        *("evaluate", "--index", "fmvae-track-unseen.npz", "histogram.npz", "--json", "a.json"),
    )
    assert outcome.status == 0, outcome.err
    for numbers in json.loads((tmp_path / "a.json").read_text()):
        halves = numbers["tasks"]["Halves"]
        own = halves["distances"][numbers["calibrated_for"]]
        assert halves["queries"] > 30
        assert own["precision"]["1"] > 0.8
        assert set(halves["agreement"].values()) == {halves["queries"]}


@pytest.fixture
def gallery(tool, place, monkeypatch):
    """The working directory with people.gallery, which has an approximate index."""
    pytest.importorskip("faiss")
    monkeypatch.setattr(write_gallery, "__defaults__", (50,))
    monkeypatch.setattr("flatsort.retrieval.query.EXACT_BOXES", 50)
    words = ("--descriptor", "histogram", "--out", "people.gallery")
    outcome = tool(main, "index", *RESULTS, *words)
    assert outcome.status == 0, outcome.err
    assert outcome.out == (
        "wrote people.gallery: 6 tracks of 2 sources by histogram, 96 boxes of 288 columns\n"
    )
    return place


def test_a_gallery_answers_as_the_index_and_says_that_it_is_approximate(tool, indexed, gallery):
    words = ("--track", "one:2", "--json", "a.json", "--index")
    exact = tool(main, "query", *words, "people.npz")
    hits = json.loads((gallery / "a.json").read_text())["hits"]
    outcome = tool(main, "query", *words, "people.gallery")
    assert json.loads((gallery / "a.json").read_text())["hits"] == hits
    assert (outcome.status, ranks(outcome.out)) == (0, ranks(exact.out))
    assert "5 tracks (approximate, by faiss, which finds 100.0 % of the ten" in outcome.out
    outcome = tool(main, "query", *words, "people.gallery", "--engine", "kd-tree")
    assert ranks(outcome.out) == ranks(exact.out)
    assert "5 tracks (kd-tree)." in outcome.out
    # One camera has fewer boxes than an approximate search is for.
    outcome = tool(main, "query", *words, "people.gallery", "--in", "one")
    assert "1 tracks (faiss)." in outcome.out
    outcome = tool(
        main, "query", *words, "people.gallery", "--in", "two", "--engine", "approximate"
    )
    assert ranks(outcome.out)[:2] == ["two:1", "two:5"]


def test_approximate_searches_that_are_refused(tool, indexed, gallery):
    words = ("query", "--track", "one:2", "--engine", "approximate", "--index")
    assert "needs a gallery" in tool(main, *words, "people.npz").error
    words = (*words, "people.gallery", "--distance", "euclidean")
    assert "by the calibrated distance only" in tool(main, *words).error
    assert "no such gallery" in tool(main, "query", "--track", "a:1", "--index", "x.gallery").error
    assert "it is a folder" in tool(main, "evaluate", "--index", "people.gallery").error


def test_a_gallery_of_no_tracks_leaves_nothing(tool, place, files_under):
    (place / "results" / "none" / "one.txt").write_text("")
    before = files_under(place)
    words = ("index", "--results", "results/none/one.txt", "--descriptor", "histogram")
    assert "no tracks to index" in tool(main, *words, "--out", "new/x.gallery").error
    assert files_under(place) == before


def test_a_database_answers_as_the_index_and_grows(tool, indexed):
    pytest.importorskip("lancedb")
    words = ("--descriptor", "histogram", "--out", "people.lance")
    outcome = tool(main, "index", *RESULTS[:2], *words)
    assert outcome.out.startswith("wrote people.lance: 2 tracks of 1 sources by histogram, 32 ")
    for _ in range(2):
        outcome = tool(main, "index", *RESULTS, *words)
        assert outcome.out.startswith("wrote people.lance: 6 tracks of 2 sources by histogram, 96 ")
    query = ("query", "--track", "one:2", "--json", "a.json", "--index")
    tool(main, *query, "people.npz")
    hits = json.loads((indexed / "a.json").read_text())["hits"]
    outcome = tool(main, *query, "people.lance")
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads((indexed / "a.json").read_text())["hits"] == hits
    (indexed / "one.txt").write_text(track(1, 10))
    outcome = tool(main, "index", "--results", "one.txt", *words, "--source", str(indexed / "one"))
    assert "already has a source one" in outcome.error
    other = ("index", *RESULTS, "--descriptor", "fmvae", "--out", "people.lance")
    assert "made by another descriptor (histogram" in tool(main, *other).error
