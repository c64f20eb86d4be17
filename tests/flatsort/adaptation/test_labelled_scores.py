"""Scores by labels, on a tiny sequence: two people stand still for 60 frames."""

import pytest

from flatsort.adaptation.collector import Collector
from flatsort.adaptation.labelled_scores import judge, score_tracks
from flatsort.adaptation.observed_footage import FootageStore
from flatsort.adaptation.trial_tracks import follow
from flatsort.descriptors import load_descriptor
from flatsort.detectors.registry import load_detector
from flatsort.evaluation.tracks.score import ScoredFile, score_files
from flatsort.files.mot_files import write_results
from flatsort.sources.numbered import SequenceSource
from flatsort.sources.source import Frame

LENGTH = 60
A, B = (10, 20, 20, 50), (100, 40, 24, 60)


@pytest.fixture
def sequence(make_sequence):
    sequence = make_sequence(length=LENGTH)
    boxes = {1: A, 2: B}
    lines = [
        f"{n},{who},{','.join(map(str, box))},1,1,1\n"
        for n in range(1, LENGTH + 1)
        for who, box in boxes.items()
    ]
    sequence.ground_truth_path.parent.mkdir()
    sequence.ground_truth_path.write_text("".join(lines))
    return sequence


@pytest.fixture
def histogram(sequence):
    return load_descriptor("histogram", sequence)


class SomeFrames(SequenceSource):
    """A source that gives only some frames of the sequence."""

    def __init__(self, sequence, numbers):
        super().__init__(sequence)
        self._numbers = numbers

    def frames(self, wanted=None):
        for number in self._numbers:
            yield Frame(number, number / 10, self._read(number))


@pytest.fixture
def seen(sequence, histogram, tmp_path):
    def look(numbers):
        store = FootageStore(tmp_path / f"footage-{len(numbers)}")
        detector = load_detector(f"file:{sequence.folder / 'det' / 'det.txt'}")
        with SomeFrames(sequence, numbers) as source:
            Collector(detector, histogram, 8, store).collect(source, 1e9, 10**9)
        return store.load()

    return look


def test_the_whole_sequence_scores_as_eval_mot_does(sequence, seen, tmp_path):
    footage = seen(range(1, LENGTH + 1))
    followed = follow(footage)
    path = tmp_path / "results.txt"
    rows = zip(followed.frames, followed.ids, *followed.boxes_tlwh.T, strict=True)
    write_results(path, rows)
    [expected] = score_files([ScoredFile(sequence, path)])
    [score] = score_tracks(sequence, footage, [followed])
    found = score.columns()
    assert found == pytest.approx(expected.columns(), abs=1e-2)
    assert found["MOTA"] == 100


def test_skipped_frames_do_not_count_as_misses(sequence, seen):
    footage = seen([*range(1, 11), *range(41, 51)])
    [score] = score_tracks(sequence, footage, [follow(footage)])
    columns = score.columns()
    # If they counted, two people would be missed in forty frames.
    assert (columns["FN"], columns["FP"], columns["IDs"]) == (0, 0, 0)


def test_a_burst_without_people(sequence, seen):
    truth = sequence.ground_truth_path
    lines = [line for line in truth.read_text().splitlines(True) if int(line.split(",")[0]) <= 10]
    truth.write_text("".join(lines))
    (sequence.folder / "det" / "det.txt").write_text(
        "".join(f"{n},-1,10,20,20,50,1\n" for n in range(1, 11))
    )
    footage = seen([*range(1, 11), *range(41, 51)])
    [score] = score_tracks(sequence, footage, [follow(footage)])
    columns = score.columns()
    assert (columns["FN"], columns["FP"], columns["IDs"]) == (10, 0, 0)


def test_labelled_boxes_that_are_too_small_to_score(sequence, seen, histogram):
    sequence.ground_truth_path.write_text("1,1,10,20,20,30,1,1,1\n")
    footage = seen(range(1, LENGTH + 1))
    assert judge(sequence, footage, {"histogram": histogram}) == {}


def test_a_descriptor_is_scored_on_the_processed_frames(sequence, seen, histogram):
    footage = seen([*range(1, 11), *range(41, 51)])
    judged = judge(sequence, footage, {"histogram": histogram})["histogram"]
    # Odd frames 1 to 9 pair with 41 to 49, 32 to 48 apart: 25 pairs for each of two people.
    assert (len(judged.pairs.same), len(judged.pairs.other)) == (50, 50)
    assert judged.scores.auc == 1
    assert judged.metric is histogram.metric


def test_footage_that_is_too_short_to_score(sequence, seen, histogram):
    assert judge(sequence, seen(range(1, 11)), {"histogram": histogram}) == {}
