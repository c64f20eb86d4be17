"""YOLO networks in ONNX: small networks made by hand with known outputs."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.mot_files import read_ground_truth
from flatsort.files.sequence import open_sequence
from flatsort.sources.source import Frame
from flatsort.tracker.boxes import iou

FLOAT = TensorProto.FLOAT


@pytest.fixture
def save(tmp_path):
    """A function that saves a network of constant output `value` and returns its word."""

    def make(value, size=(32, 64), metadata=None, nodes=(), kind=FLOAT, batch=1, name="net"):
        value = np.asarray(value, np.float32)
        given = helper.make_tensor_value_info("images", kind, [batch, 3, *size])
        taken = helper.make_tensor_value_info("output0", FLOAT, None)
        constant = helper.make_tensor("value", FLOAT, value.shape, value.ravel().tolist())
        nodes = list(nodes) or [helper.make_node("Constant", [], ["output0"], value=constant)]
        graph = helper.make_graph(nodes, "net", [given], [taken])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        helper.set_model_props(model, metadata or {})
        path = tmp_path / f"{name}.onnx"
        onnx.save(model, str(path))
        return f"onnx:{path}"

    return make


def find(word, image=None, **settings):
    image = np.zeros((32, 64, 3), np.uint8) if image is None else image
    return load_detector(word, DetectorSettings(**settings))(Frame(1, 0.0, image))


ONE_NAME = {"names": "{0: 'person'}"}
NAMES = {"names": "{0: 'person', 1: 'car', 2: 'dog'}"}
# A person of 10 x 20 at (4, 6), a car, and the same person one pixel to the right.
END_TO_END = [[[4, 6, 14, 26, 0.9, 0], [30, 6, 50, 16, 0.8, 1], [5, 6, 15, 26, 0.6, 0]]]


def test_end_to_end(save):
    found = find(save(END_TO_END, metadata=NAMES))
    np.testing.assert_array_equal(found.boxes_tlwh, [[4, 6, 10, 20]])
    assert found.confidences == pytest.approx([0.9])


def test_classes_confidence_and_suppression(save):
    word = save(END_TO_END, metadata=NAMES)
    assert len(find(word, classes=("person", "car"))) == 2
    assert find(word, classes=("1",)).boxes_tlwh.tolist() == [[30, 6, 20, 10]]
    assert len(find(word, min_confidence=0.91)) == 0
    # The IoU of the person's two boxes is 9/11.
    assert len(find(word, nms_overlap=0.82)) == 2
    with pytest.raises(InputError, match=r"--classes cat: net\.onnx knows person, car, dog"):
        find(word, classes=("cat",))


def columns(places=42):
    """Return a YOLOv8 output of three classes with objects at two places."""
    output = np.zeros((1, 7, places))
    output[0, :, 10] = [20, 10, 8, 6, 0.7, 0.1, 0]
    output[0, :, 20] = [40, 10, 8, 6, 0.2, 0.9, 0]
    return output


def test_columns_of_yolov8(save):
    found = find(save(columns(), metadata=NAMES))
    np.testing.assert_allclose(found.boxes_tlwh, [[16, 7, 8, 6]])
    assert found.confidences == pytest.approx([0.7])


def test_rows_of_yolov5(save):
    output = np.zeros((1, 126, 8))
    output[0, 5] = [20, 10, 8, 6, 0.5, 0.9, 0.1, 0.1]
    output[0, 6] = [40, 10, 8, 6, 0.9, 0.2, 1.0, 0.1]
    found = find(save(output, metadata=NAMES))
    np.testing.assert_allclose(found.boxes_tlwh, [[16, 7, 8, 6]])
    assert found.confidences == pytest.approx([0.45])


def test_eighty_classes_without_names_have_the_names_of_coco(save):
    output = np.zeros((1, 84, 42))
    output[0, :4, 3], output[0, 4 + 2, 3] = [20, 10, 8, 6], 0.8
    word = save(output)
    assert len(find(word)) == 0
    assert len(find(word, classes=("car",))) == 1
    assert len(find(word, classes=("2", "toothbrush"))) == 1


def test_classes_without_names_go_by_number(save):
    word = save(columns())
    with pytest.raises(InputError, match="knows no names, so give numbers"):
        find(word)
    assert find(word, classes=("0", "1")).confidences == pytest.approx([0.9, 0.7])
    with pytest.raises(InputError, match=r"--classes 3: .* has 3 classes"):
        find(word, classes=("3",))


def test_boxes_are_in_the_frames_own_pixels(save):
    """A frame of 256 x 256 is letterboxed into 64 x 32: 32 x 32 with 16 columns on each side."""
    frame = np.zeros((256, 256, 3), np.uint8)
    found = find(save([[[20, 4, 30, 14, 0.9, 0]]], metadata=NAMES), frame)
    np.testing.assert_allclose(found.boxes_tlwh, [[32, 32, 80, 80]])


def means_of_channels():
    """Return nodes that output one end-to-end row per channel: class 0, scored by its mean."""
    boxes = np.array([[0, 0, 4, 4], [10, 0, 14, 4], [20, 0, 24, 4]], np.float32)
    shape = helper.make_tensor("shape", TensorProto.INT64, [3], [1, 3, 1])
    left = helper.make_tensor("left", FLOAT, [1, 3, 4], boxes.ravel().tolist())
    classes = helper.make_tensor("classes", FLOAT, [1, 3, 1], [0, 0, 0])
    return [
        helper.make_node("Constant", [], ["left"], value=left),
        helper.make_node("Constant", [], ["classes"], value=classes),
        helper.make_node("Constant", [], ["shape"], value=shape),
        helper.make_node("Cast", ["images"], ["floats"], to=FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("Reshape", ["means", "shape"], ["scores"]),
        helper.make_node("Concat", ["left", "scores", "classes"], ["output0"], axis=2),
    ]


@pytest.mark.parametrize("kind", [FLOAT, TensorProto.FLOAT16])
def test_the_network_sees_red_green_blue_from_0_to_1(save, kind):
    frame = np.zeros((32, 64, 3), np.uint8)
    frame[...] = (51, 102, 204)
    found = find(save(0, metadata=NAMES, nodes=means_of_channels(), kind=kind), frame)
    assert found.boxes_tlwh[:, 0].tolist() == [0, 10]
    assert found.confidences == pytest.approx([0.8, 0.4], abs=1e-3)


def test_the_letterbox_border_is_the_grey_of_yolo_training(save):
    """Half of the input is black and half is grey of 114, so the mean is 57."""
    frame = np.zeros((64, 64, 3), np.uint8)
    word = save(0, metadata=NAMES, nodes=means_of_channels())
    found = find(word, frame, min_confidence=0.0)
    assert found.confidences == pytest.approx([114 / 2 / 255] * 3, abs=1e-6)


def cells_of_yolox():
    """Return nodes that output 42 undecoded cells; the objectness of the first three is a mean.

    The boxes of these cells are their squares of 8 x 8, and their only class has the score 1.
    """
    boxes = np.tile(np.array([0.5, 0.5, 0, 0], np.float32), 42)
    shape = helper.make_tensor("shape", TensorProto.INT64, [3], [1, 3, 1])
    constants = {
        "boxes": helper.make_tensor("boxes", FLOAT, [1, 42, 4], boxes.tolist()),
        "others": helper.make_tensor("others", FLOAT, [1, 39, 1], [0.0] * 39),
        "scores": helper.make_tensor("scores", FLOAT, [1, 42, 1], [1.0] * 42),
        "shape": shape,
    }
    return [
        *(helper.make_node("Constant", [], [name], value=each) for name, each in constants.items()),
        helper.make_node("ReduceMean", ["images"], ["flat"], axes=[2, 3], keepdims=0),
        helper.make_node("Reshape", ["flat", "shape"], ["means"]),
        helper.make_node("Concat", ["means", "others"], ["objectness"], axis=1),
        helper.make_node("Concat", ["boxes", "objectness", "scores"], ["output0"], axis=2),
    ]


def test_yolox_sees_blue_green_red_from_0_to_255(save):
    frame = np.zeros((32, 64, 3), np.uint8)
    frame[...] = (51, 102, 204)
    found = find(save(0, metadata=ONE_NAME, nodes=cells_of_yolox()), frame)
    np.testing.assert_allclose(found.boxes_tlwh, [[16, 0, 8, 8], [8, 0, 8, 8], [0, 0, 8, 8]])
    assert found.confidences == pytest.approx([204, 102, 51])


def test_yolox_sees_the_frame_in_the_corner(save):
    """A frame of 64 x 64 becomes 32 x 32 at the left; grey of 114 fills the right half."""
    found = find(
        save(0, metadata=ONE_NAME, nodes=cells_of_yolox()), np.zeros((64, 64, 3), np.uint8)
    )
    assert found.confidences == pytest.approx([57, 57, 57])
    np.testing.assert_allclose(found.boxes_tlwh[0], [0, 0, 16, 16])


def test_yolox_nano_finds_people(mot_data):
    """On all of MOT16-09 it finds 55 % of the people at a confidence of 0.5; 95 % are right."""
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    people = truth.boxes_tlwh[truth.classes == 1], truth.frames[truth.classes == 1]
    settings = DetectorSettings(min_confidence=0.5, nms_overlap=0.45)
    network = mot_data / "detectors" / "yolox_nano_416x416.onnx"
    detector = load_detector(f"onnx:{network}", settings)
    right = wanted = found = 0
    for number in range(1, sequence.length, 50):
        boxes_tlwh = detector(Frame(number, 0.0, sequence.read_frame(number))).boxes_tlwh
        wanted_boxes = people[0][people[1] == number]
        right += (iou(boxes_tlwh, wanted_boxes).max(axis=1) > 0.5).sum()
        wanted, found = wanted + len(wanted_boxes), found + len(boxes_tlwh)
    assert right / wanted > 0.45
    assert right / found > 0.85


@pytest.mark.parametrize(
    ("setting", "metadata", "left"),
    # A frame of 640 x 640, and a box at 16 in pixels of the input.
    [
        ("", {}, 16),
        (",size=320", {}, 32),
        ("", {"imgsz": "[160, 160]"}, 64),
        (",size=320x640", {}, -288),
    ],
)
def test_the_size_of_a_network_that_takes_any_size(save, setting, metadata, left):
    word = save([[[16, 4, 30, 14, 0.9, 0]]], ("h", "w"), {**NAMES, **metadata}, batch="n")
    found = find(word + setting, np.zeros((640, 640, 3), np.uint8))
    assert found.boxes_tlwh[0, 0] == left


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        (",size=640", "size=640: the model takes 32x64 only"),
        (",size=big", "size=big: give it as 640, or HxW"),
        (",size=", "unknown setting 'size='"),
        (",size=0", "size=0: give it as 640"),
        (",size=1x2x3", "give it as 640"),
        (",half=1", "unknown setting 'half=1': the only one is size=640"),
    ],
)
def test_invalid_settings(save, setting, complaint):
    with pytest.raises(InputError, match=complaint):
        find(save(END_TO_END, metadata=NAMES) + setting)


def test_stating_the_fixed_size_is_allowed(save):
    assert len(find(save(END_TO_END, metadata=NAMES) + ",size=32x64")) == 1


def test_other_networks(save, tmp_path):
    with pytest.raises(InputError, match=r"not a known YOLO network: .* shape \(1, 1000"):
        find(save(np.zeros((1, 1000))))
    with pytest.raises(InputError, match=r"its inputs are .*, not a picture of 1 x 3 x H x W"):
        find(save(END_TO_END, size=(32,)))
    with pytest.raises(InputError, match="cannot run the network"):
        find(save(END_TO_END, batch=4, nodes=means_of_channels()))
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(InputError, match=r"text\.onnx: not a usable ONNX model"):
        find(f"onnx:{tmp_path / 'text.onnx'}")
    with pytest.raises(InputError, match=r"absent\.onnx: no such ONNX file"):
        find("onnx:absent.onnx")
    with pytest.raises(InputError, match="--detector onnx: needs a file"):
        find("onnx:")


@pytest.mark.parametrize("names", ["{0: 'person'", "__import__('os')", "3"])
def test_invalid_names_are_ignored_and_not_executed(save, names):
    with pytest.raises(InputError, match="knows no names"):
        find(save(columns(), metadata={"names": names}))


def test_names_as_a_list(save):
    assert len(find(save(columns(), metadata={"names": "['person', 'car', 'dog']"}))) == 1
