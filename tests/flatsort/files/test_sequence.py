"""Sequence folders: seqinfo.ini, layouts, images, and the sequences that a word selects."""

import cv2
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.files import sequence as module
from flatsort.files.sequence import default_mot_root, find_sequences, open_sequence

SEQINFO = """[Sequence]
name=anything
imDir=img1
frameRate=14
seqLength=3
imWidth=8
imHeight=6
imExt=.jpg
"""


def make(folder, seqinfo=SEQINFO, ground_truth=None):
    folder.mkdir(parents=True)
    (folder / "seqinfo.ini").write_text(seqinfo)
    if ground_truth is not None:
        (folder / "gt").mkdir()
        (folder / "gt" / "gt.txt").write_text(ground_truth)
    return folder


def test_open_sequence_reads_seqinfo(tmp_path):
    sequence = open_sequence(make(tmp_path / "MOT16-99"))
    assert (sequence.name, sequence.length, sequence.frame_rate) == ("MOT16-99", 3, 14)
    assert sequence.frame_path(2) == tmp_path / "MOT16-99" / "img1" / "000002.jpg"
    assert not sequence.has_images
    assert not sequence.has_ground_truth


def test_the_current_folder_gives_a_sequence_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(make(tmp_path / "MOT16-99"))
    assert open_sequence(".").name == "MOT16-99"


def test_optional_keys_have_defaults_and_a_byte_order_mark_is_tolerated(tmp_path):
    text = "\ufeff[Sequence]\nframeRate=29.97\nseqLength=3\nimWidth=8\nimHeight=6\nimExt=png\n"
    sequence = open_sequence(make(tmp_path / "mine", text))
    assert sequence.frame_rate == 29.97
    assert sequence.frame_path(1).name == "000001.png"
    assert sequence.image_folder.name == "img1"


@pytest.mark.parametrize(
    ("name", "ground_truth", "layout"),
    [
        ("MOT16-02", None, "MOT16"),
        ("MOT16-04-first50", None, "MOT16"),
        ("MOT17-02-FRCNN", None, "MOT17"),
        ("MOT20-01", "1,1,2,3,4,5,1,1,1\n", "MOT20"),
        ("MOT15-any", None, "MOT15"),
        ("TUD-Stadtmitte", "1,1,2,3,4,5,1,-1,-1,-1\n", "MOT15"),
        ("PETS09-S2L1", "\n1 1 2 3 4 5 1 -4.5 3.2 0\n", "MOT15"),
        ("mine", "1,1,2,3,4,5,1,1,1\n", "MOT16"),
        ("mine", "1,1,2,3,4,5,1\n", "MOT15"),
        ("uav0000086", "1,1,2,3,4,5,1,4,0,1\n", "MOT16"),
        ("mine", "1,1,2,3,4,5,1,0,0,0\n", "MOT15"),
        ("mine", "", "MOT16"),
        ("mine", None, "MOT16"),
    ],
)
def test_layout(tmp_path, name, ground_truth, layout):
    assert open_sequence(make(tmp_path / name, ground_truth=ground_truth)).layout == layout


@pytest.mark.parametrize(
    ("seqinfo", "complaint"),
    [
        (SEQINFO.replace("seqLength=3\n", ""), "no seqLength"),
        (SEQINFO.replace("frameRate=14", "frameRate="), "no frameRate"),
        (SEQINFO.replace("seqLength=3", "seqLength=three"), "seqLength must be a positive"),
        (SEQINFO.replace("seqLength=3", "seqLength=0"), "seqLength must be a positive"),
        (SEQINFO.replace("seqLength=3", "seqLength=2.5"), "seqLength must be a whole"),
        (SEQINFO.replace("[Sequence]", "[Other]"), r"no section \[Sequence\]"),
        (SEQINFO.replace("[Sequence]\n", ""), "malformed"),
        (SEQINFO + "seqLength=4\n", "malformed"),
        ("", r"no section \[Sequence\]"),
    ],
)
def test_bad_seqinfo_is_one_sentence_naming_the_file(tmp_path, seqinfo, complaint):
    folder = make(tmp_path / "bad", seqinfo)
    with pytest.raises(InputError, match=complaint) as caught:
        open_sequence(folder)
    assert str(folder / "seqinfo.ini") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_binary_seqinfo(tmp_path):
    folder = make(tmp_path / "bad")
    (folder / "seqinfo.ini").write_bytes(b"\xff\xfe\x00[")
    with pytest.raises(InputError, match="malformed"):
        open_sequence(folder)


def test_a_folder_without_seqinfo_is_named(tmp_path):
    with pytest.raises(InputError, match=f"{tmp_path}: no seqinfo.ini"):
        open_sequence(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        open_sequence(tmp_path / "nothing")


@pytest.fixture
def root(tmp_path):
    for name in ("train/B", "train/A", "test/C"):
        make(tmp_path / "MOT16" / name)
    return tmp_path / "MOT16"


def names(sequences):
    return [sequence.name for sequence in sequences]


def test_find_sequences(root, tmp_path):
    assert names(find_sequences("all", root)) == ["A", "B"]
    assert names(find_sequences("A", root)) == ["A"]
    assert names(find_sequences("C", root)) == ["C"]
    elsewhere = make(tmp_path / "elsewhere" / "D")
    assert names(find_sequences(elsewhere, root)) == ["D"]


def test_all_selects_every_sequence_if_there_is_no_train_folder(tmp_path):
    make(tmp_path / "clips" / "E")
    make(tmp_path / "only_test" / "test" / "F")
    assert names(find_sequences("all", tmp_path / "clips")) == ["E"]
    assert names(find_sequences("all", tmp_path / "only_test")) == ["F"]


def test_a_name_falls_back_to_the_projects_data_folder(root, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PROJECT", tmp_path / "project")
    make(tmp_path / "project" / "data" / "scene")
    assert names(find_sequences("scene", root)) == ["scene"]
    assert names(find_sequences("scene", tmp_path / "no_such_root")) == ["scene"]


def test_an_unknown_name_lists_the_folder_and_its_sequences(root):
    with pytest.raises(InputError) as caught:
        find_sequences("Z", root)
    assert "'Z'" in str(caught.value)
    assert str(root) in str(caught.value)
    assert "A, B, C" in str(caught.value)


@pytest.mark.parametrize("selection", ["all", "A", "", "./A", ".."])
def test_nothing_found_is_an_input_error(tmp_path, monkeypatch, selection):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(InputError):
        find_sequences(selection, tmp_path / "no_such_root")


def test_default_mot_root(monkeypatch):
    monkeypatch.setenv("MOT16_ROOT", "/somewhere")
    assert str(default_mot_root()) == "/somewhere"
    monkeypatch.delenv("MOT16_ROOT")
    assert default_mot_root() == module.PROJECT / "data" / "MOT16"


def write_frame(folder, number=1, extension=".jpg", shape=(30, 40, 3)):
    sequence = open_sequence(folder)
    sequence.image_folder.mkdir(exist_ok=True)
    image = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    path = sequence.frame_path(number).with_suffix(extension)
    cv2.imwrite(str(path), image)
    return sequence, path, image


def test_read_frame_has_the_images_own_size(tmp_path):
    # seqinfo.ini says 8 x 6; the image is 40 x 30.
    sequence, _, _ = write_frame(make(tmp_path / "s"))
    assert sequence.has_images
    frame = sequence.read_frame(1)
    assert frame.shape == (30, 40, 3)
    assert frame.dtype == np.uint8


def test_read_frame_is_bgr(tmp_path):
    folder = make(tmp_path / "s", SEQINFO.replace(".jpg", ".png"))
    sequence, _, image = write_frame(folder, extension=".png")
    np.testing.assert_array_equal(sequence.read_frame(1), image)


def test_a_missing_image_is_named(tmp_path):
    sequence, _, _ = write_frame(make(tmp_path / "s"))
    with pytest.raises(InputError, match=r"000002\.jpg"):
        sequence.read_frame(2)


@pytest.mark.parametrize("extension", [".jpg", ".png"])
@pytest.mark.parametrize("part", [0.0, 0.02, 0.3, 0.7, 0.98])
def test_a_truncated_image_is_an_error_not_a_half_grey_picture(tmp_path, extension, part):
    folder = make(tmp_path / "s", SEQINFO.replace(".jpg", extension))
    sequence, path, _ = write_frame(folder, extension=extension)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(InputError, match="000001"):
        sequence.read_frame(1)


def test_a_file_that_is_not_an_image(tmp_path):
    sequence, path, _ = write_frame(make(tmp_path / "s"))
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(InputError, match=r"000001\.jpg"):
        sequence.read_frame(1)


def test_a_jpeg_with_bytes_after_its_end_is_fine(tmp_path):
    sequence, path, _ = write_frame(make(tmp_path / "s"))
    path.write_bytes(path.read_bytes() + b"\0" * 10_000)
    assert sequence.read_frame(1).shape == (30, 40, 3)


def test_find_detections(tmp_path):
    folder = make(tmp_path / "s")
    (folder / "det").mkdir()
    (folder / "det" / "yolox.txt").touch()
    sequence = open_sequence(folder)
    assert sequence.find_detections("yolox.txt") == folder / "det" / "yolox.txt"
    assert sequence.find_detections("yolox") == folder / "det" / "yolox.txt"
    with pytest.raises(InputError, match=r"det.txt.*there: yolox.txt"):
        sequence.find_detections()


def test_real_sequence(mot_data):
    (sequence,) = find_sequences("MOT16-09", mot_data / "MOT16")
    assert (sequence.length, sequence.frame_rate, sequence.layout) == (525, 30, "MOT16")
    assert sequence.read_frame(525).shape == (1080, 1920, 3)


def put_images(folder, names):
    (folder / "img1").mkdir()
    for number, name in enumerate(names):
        cv2.imwrite(str(folder / "img1" / name), np.full((6, 8, 3), 50 * number, np.uint8))


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["000000.png", "000001.png", "000002.png"], id="numbered from 0"),
        pytest.param(["00000001.png", "00000002.png", "00000003.png"], id="eight digits"),
        pytest.param(["frame_8.png", "frame_9.png", "frame_10.png"], id="words and no zeros"),
        pytest.param(["000001.PNG", "000002.PNG", "000003.PNG"], id="capital letters"),
    ],
)
def test_images_of_other_names_are_taken_in_order(tmp_path, names):
    folder = make(tmp_path / "mine", SEQINFO.replace(".jpg", ".png"))
    put_images(folder, names)
    sequence = open_sequence(folder)
    assert sequence.has_images
    sequence.check_images()
    assert [sequence.read_frame(number)[0, 0, 0] for number in (1, 2, 3)] == [0, 50, 100]


def test_too_few_images_are_said_at_the_start(tmp_path):
    for name, files in (("a", ["000001.png", "000002.png"]), ("b", ["000000.png"])):
        folder = make(tmp_path / name, SEQINFO.replace(".jpg", ".png"))
        put_images(folder, files)
        with pytest.raises(InputError, match=f"has {len(files)} images, but .* says 3 frames"):
            open_sequence(folder).check_images()


def test_a_section_in_small_letters_and_comments(tmp_path):
    text = "[sequence]\nframeRate=14 ; from the camera\nseqLength=3 # frames\n"
    sequence = open_sequence(make(tmp_path / "mine", text))
    assert (sequence.length, sequence.frame_rate) == (3, 14)


@pytest.mark.parametrize("length", ["1e9", "10000001", "1" + 30 * "0"])
def test_an_absurd_length_is_refused(tmp_path, length):
    folder = make(tmp_path / "mine", SEQINFO.replace("seqLength=3", f"seqLength={length}"))
    with pytest.raises(InputError, match="seqLength must be at most 10,000,000"):
        open_sequence(folder)


def test_a_split_called_val(tmp_path):
    make(tmp_path / "root" / "val" / "MOT16-99")
    assert [each.name for each in find_sequences("all", tmp_path / "root")] == ["MOT16-99"]
    assert find_sequences("MOT16-99", tmp_path / "root")[0].length == 3
