"""An index is built from result files and their footage."""

import cv2
import numpy as np
import pytest

from flatsort.descriptors.registry import FunctionDescriptor
from flatsort.errors import InputError
from flatsort.images.track_picture import open_picture
from flatsort.retrieval.build_index import build_index
from flatsort.retrieval.descriptor_fingerprint import open_descriptor
from flatsort.retrieval.result_footage import open_result_sets
from flatsort.tracker import AppearanceMetric

RED, BLUE = (0, 0, 255), (255, 0, 0)
PEOPLE = ((RED, 10, 20, 20, 50, 0), (BLUE, 100, 40, 24, 60, 0))


@pytest.fixture
def build(tmp_path):
    """A function that indexes result files (name to text) with the histogram descriptor."""

    def make(budget=4, **texts):
        paths = []
        for name, text in texts.items():
            paths.append(tmp_path / "results" / f"{name}.txt")
            paths[-1].parent.mkdir(exist_ok=True)
            paths[-1].write_text(text)
        descriptor, fingerprint = open_descriptor("histogram")
        sets = open_result_sets(paths, None, str(tmp_path))
        return build_index(sets, "histogram", descriptor, fingerprint, budget)

    return make


def run(identity, first, last, box="10,20,20,50"):
    return "".join(f"{frame},{identity},{box},1,-1,-1,-1\n" for frame in range(first, last + 1))


def test_tracks_samples_and_pictures(build, make_sequence, tmp_path):
    make_sequence(PEOPLE, name="a")
    make_sequence(PEOPLE[::-1], name="b")
    red, blue = "10,20,20,50", "100,40,24,60"
    index = build(
        a=run(9, 5, 6, blue) + run(2, 1, 8, red),
        b=run(2, 3, 3, blue),
    )
    assert [index.name(track) for track in range(3)] == ["a:2", "a:9", "b:2"]
    assert index.spans.tolist() == [[1, 8], [5, 6], [3, 3]]
    assert index.owners.tolist() == [0, 0, 0, 0, 1, 1, 2]
    assert index.frames.tolist() == [1, 3, 5, 7, 5, 6, 3]
    assert index.boxes_tlwh[4].tolist() == [100, 40, 24, 60]
    assert index.pictured.tolist() == [0, 4, 6]
    assert [source.footage for source in index.sources] == [
        str(tmp_path / "a"),
        str(tmp_path / "b"),
    ]
    # The features are those that the descriptor gives for these boxes of these frames.
    descriptor, _ = open_descriptor("histogram")
    image = cv2.imread(str(tmp_path / "a" / "img1" / "000005.jpg"))
    boxes_tlwh = np.array([[10, 20, 20, 50], [100, 40, 24, 60]], np.float32)
    assert np.array_equal(index.features[[2, 4]], descriptor(image, boxes_tlwh))
    colours = [open_picture(picture)[10, 10].tolist() for picture in index.pictures]
    assert np.allclose(colours, [RED[::-1], BLUE[::-1], BLUE[::-1]], atol=12)
    assert open_picture(index.pictures[1]).shape == (60, 24, 3)


def test_the_picture_shows_most_of_the_person(build, make_sequence):
    make_sequence(PEOPLE, name="a", length=3)
    # In frame 2 the second person hides half of the first; the box of frame 3 is the largest.
    text = "1,1,10,20,20,40\n2,1,10,20,20,48\n2,2,10,44,20,50\n3,1,10,20,20,50\n"
    index = build(a=text)
    assert index.frames[index.pictured].tolist() == [3, 2]


def test_boxes_beside_the_frame_are_left_out(build, make_sequence):
    make_sequence(PEOPLE, name="a", length=3)
    index = build(a="1,1,-50,0,40,40\n2,1,10,20,20,50\n1,2,500,0,40,40\n3,3,150,100,400,400\n")
    assert index.track_ids.tolist() == [1, 3]
    assert index.frames.tolist() == [2, 3]
    # The span counts the boxes beside the frame too.
    assert index.spans.tolist() == [[1, 2], [3, 3]]


def test_the_descriptor_is_not_called_without_boxes(make_sequence, tmp_path):
    """A user's function may fail on an empty list of boxes."""
    make_sequence(PEOPLE, name="a", length=2)
    (tmp_path / "a.txt").write_text("1,1,10,20,20,50\n2,2,500,0,40,40\n")

    def describe(frame, boxes_tlwh):
        return np.stack([frame.mean((0, 1)) for _ in boxes_tlwh])

    descriptor = FunctionDescriptor("own", describe, AppearanceMetric())
    sets = open_result_sets([tmp_path / "a.txt"], None, str(tmp_path))
    assert len(build_index(sets, "own", descriptor, "f", 4)) == 1


def test_a_camera_without_tracks_is_still_a_source(build, make_sequence):
    for name in "abc":
        make_sequence(PEOPLE, name=name, length=2)
    index = build(a="", b=run(1, 1, 2), c="")
    assert [source.name for source in index.sources] == ["a", "b", "c"]
    assert index.name(0) == "b:1"


@pytest.mark.parametrize("text", ["", "1,1,10,20,0,50\n", "1,1,900,900,10,10\n"])
def test_nothing_to_index(build, make_sequence, text):
    make_sequence(PEOPLE, name="a", length=2)
    with pytest.raises(InputError, match=r"no tracks to index in .*a\.txt"):
        build(a=text)


@pytest.mark.parametrize("folder", ["a", "a/img1"])
def test_results_that_are_longer_than_the_footage(make_sequence, tmp_path, folder):
    make_sequence(PEOPLE, name="a", length=3)
    (tmp_path / "a.txt").write_text(run(1, 2, 9))
    sets = open_result_sets([tmp_path / "a.txt"], [str(tmp_path / folder)], None)
    descriptor, fingerprint = open_descriptor("histogram")
    with pytest.raises(InputError, match="ends before frame 4, in which"):
        build_index(sets, "histogram", descriptor, fingerprint, 9)


def test_results_that_are_longer_than_the_video(tmp_path):
    """The end of a video is known only when it is reached."""
    from flatsort.images.video import VideoWriter

    image = np.full((48, 64, 3), 90, np.uint8)
    with VideoWriter(tmp_path / "a.mp4", 10) as video:
        for _ in range(5):
            video.write(image)
    path = tmp_path / "a.txt"
    path.write_text(run(1, 1, 9, "1,1,9,9"))
    sets = open_result_sets([path], [str(tmp_path / "a.mp4")], None)
    descriptor, fingerprint = open_descriptor("histogram")
    with pytest.raises(
        InputError, match=r"a\.mp4 ends before frame 6, in which .*a\.txt has people"
    ):
        build_index(sets, "histogram", descriptor, fingerprint, 9)
    path.write_text(run(1, 1, 5, "1,1,9,9"))
    sets = open_result_sets([path], [str(tmp_path / "a.mp4")], None)
    assert build_index(sets, "histogram", descriptor, fingerprint, 2).frames.tolist() == [1, 4]
