"""ONNX networks: small ones made here, whose output is known, and a real one."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from flatsort.descriptors.onnx_network import BATCH_SIZE, create
from flatsort.errors import InputError
from flatsort.files.mot_files import read_ground_truth
from flatsort.files.sequence import open_sequence
from flatsort.images.crops import cut_crops

# Half red (R 255, G 0, B 0), half a dark colour (R 0, G 51, B 102), in BGR.
RED, DARK = (0, 0, 255), (102, 51, 0)
LEFT, RIGHT = (0.0, 0.0, 20.0, 40.0), (20.0, 0.0, 20.0, 40.0)
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


@pytest.fixture
def frame():
    image = np.empty((40, 40, 3), np.uint8)
    image[:, :20], image[:, 20:] = RED, DARK
    return image


@pytest.fixture
def save(tmp_path):
    """Return a function that saves a model: by default the mean of each channel of its input."""

    def write(
        shape=("N", 3, 8, 4), output=("N", 3, 1, 1), nodes=None, element=TensorProto.FLOAT, extra=()
    ):
        graph = helper.make_graph(
            nodes or [helper.make_node("GlobalAveragePool", ["x"], ["y"])],
            "g",
            [helper.make_tensor_value_info("x", element, shape)],
            [helper.make_tensor_value_info("y", element, output)],
            initializer=list(extra),
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, tmp_path / "net.onnx")
        return tmp_path / "net.onnx"

    return write


def test_imagenet_normalisation_of_rgb_is_the_default(save, frame):
    features = create(f"{save()}", None)(frame, np.array([LEFT, RIGHT]))
    # Each half has one colour, so the mean of a channel is (value / 255 - mean) / deviation.
    expected = (np.array([[1, 0, 0], [0, 0.2, 0.4]]) - MEAN) / DEVIATION
    np.testing.assert_allclose(features, expected, atol=1e-5)
    assert features.dtype == np.float32


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("norm=unit", [0, 0.2, 0.4]),
        ("norm=symmetric", [-1, -0.6, -0.2]),
        ("norm=bytes", [0, 51, 102]),
        ("norm=unit,colour=bgr", [0.4, 0.2, 0]),
        ("colour=rgb,norm=unit", [0, 0.2, 0.4]),
        # Blue comes first and is normalised by ImageNet's mean and deviation of blue.
        ("colour=bgr", ((np.array([0, 0.2, 0.4]) - MEAN) / DEVIATION)[::-1]),
    ],
)
def test_settings_give_the_arithmetic_they_name(save, frame, settings, expected):
    features = create(f"{save()},{settings}", None)(frame, np.array([RIGHT]))
    np.testing.assert_allclose(features, [expected], atol=1e-4)


def many_boxes(count):
    """Return boxes of the left and right half in turns, and their features with norm=unit."""
    boxes = np.array([LEFT, RIGHT] * count)[:count]
    return boxes, np.array([[1, 0, 0], [0, 0.2, 0.4]] * count)[:count]


@pytest.mark.parametrize("count", [1, BATCH_SIZE - 1, BATCH_SIZE, 2 * BATCH_SIZE + 3])
def test_more_boxes_than_a_batch(save, frame, count):
    boxes, expected = many_boxes(count)
    features = create(f"{save()},norm=unit", None)(frame, boxes)
    np.testing.assert_allclose(features, expected, atol=1e-6)


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_a_fixed_batch_is_filled_up(save, frame, count):
    boxes, expected = many_boxes(count)
    path = save(shape=(4, 3, 8, 4), output=(4, 3, 1, 1))
    features = create(f"{path},norm=unit", None)(frame, boxes)
    np.testing.assert_allclose(features, expected, atol=1e-6)


@pytest.mark.parametrize("batch", ["N", 4])
def test_no_boxes_give_no_features_of_the_right_width(save, frame, batch):
    path = save(shape=(batch, 3, 8, 4), output=(batch, 3, 1, 1))
    assert create(str(path), None)(frame, np.empty((0, 4))).shape == (0, 3)


def test_the_input_size_is_height_by_width(save, frame):
    """The model returns its input, so the features are the crops."""
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    path = save(("N", 3, "H", "W"), ("N", 3, "H", "W"), nodes)
    gradient = np.ascontiguousarray(
        np.broadcast_to(np.arange(40, dtype=np.uint8)[:, None, None], (40, 40, 3))
    )
    features = create(f"{path},size=16x8,norm=bytes", None)(gradient, np.array([LEFT]))
    crops = cut_crops(gradient, np.array([LEFT]), width=8, height=16)
    np.testing.assert_allclose(
        features.reshape(1, 3, 16, 8), crops.transpose(0, 3, 1, 2), atol=1e-3
    )


def test_a_dynamic_size_must_be_stated(save):
    path = save(shape=("N", 3, "H", "W"))
    with pytest.raises(InputError, match=r"fixes no input size: add it, onnx:.*size=256x128"):
        create(str(path), None)


def test_the_size_stated_may_be_the_models_own(save, frame):
    features = create(f"{save()},size=8X4,norm=unit", None)(frame, np.array([LEFT]))
    np.testing.assert_allclose(features, [[1, 0, 0]], atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("size=16x8", "the model takes 8x4"),
        ("size=8x5", "the model takes 8x4"),
        ("size=0x4", "the model takes 8x4"),
        ("size=8", "give it as HxW"),
        ("size=axb", "give it as HxW"),
        ("norm=none", "norm is one of imagenet, unit, symmetric, bytes"),
        ("colour=grey", "colour is rgb or bgr"),
        ("color=bgr", "unknown setting 'color=bgr'"),
        ("8x4", "unknown setting '8x4'"),
    ],
)
def test_wrong_settings(save, settings, complaint):
    with pytest.raises(InputError, match=complaint):
        create(f"{save()},{settings}", None)


def test_channels_may_come_last(save, frame):
    # The mean over height and width; bytes in BGR order stay as they are.
    nodes = [helper.make_node("ReduceMean", ["x"], ["y"], axes=[1, 2], keepdims=1)]
    path = save(shape=(1, 8, 4, 3), output=(1, 1, 1, 3), nodes=nodes)
    features = create(f"{path},norm=bytes,colour=bgr", None)(frame, np.array([LEFT, RIGHT]))
    np.testing.assert_allclose(features, [RED, DARK], atol=1e-3)


def test_half_precision_input(save, frame):
    path = save(element=TensorProto.FLOAT16)
    features = create(f"{path},norm=unit", None)(frame, np.array([LEFT, RIGHT]))
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, [[1, 0, 0], [0, 0.2, 0.4]], atol=1e-3)


@pytest.mark.parametrize("shape", [("N", "C", 8, 4), ("N", 3, 32), ("N", 1, 8, 4)])
def test_an_input_other_than_a_batch_of_rgb_images_is_refused(save, shape):
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    with pytest.raises(InputError, match="not one batch of N x 3 x H x W"):
        create(str(save(shape, shape, nodes)), None)


def test_a_model_without_inputs_is_refused(tmp_path):
    value = helper.make_tensor("v", TensorProto.FLOAT, (1,), [1.0])
    graph = helper.make_graph(
        [helper.make_node("Constant", [], ["y"], value=value)],
        "g",
        [],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (1,))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, tmp_path / "net.onnx")
    with pytest.raises(InputError, match="not one batch"):
        create(str(tmp_path / "net.onnx"), None)


def test_an_output_without_one_row_per_crop_is_refused(save, frame):
    """The output of a detector, or an average over the batch, must not count as features."""
    nodes = [helper.make_node("ReduceMean", ["x"], ["y"], axes=[0], keepdims=1)]
    descriptor = create(str(save(("N", 3, 8, 4), (1, 3, 8, 4), nodes)), None)
    with pytest.raises(InputError, match="one row"):
        descriptor(frame, np.array([LEFT, RIGHT]))


def test_features_that_are_not_finite_are_refused(save, frame):
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["mean"]),
        helper.make_node("Log", ["mean"], ["y"]),
    ]
    descriptor = create(f"{save(nodes=nodes)},norm=unit", None)
    with pytest.raises(InputError, match=r"net\.onnx.*NaN or infinite"):
        descriptor(frame, np.array([LEFT]))


def test_a_size_the_network_cannot_take_is_one_sentence(save, frame):
    """The input allows any size, but a matrix inside fits 8 x 4 only."""
    weights = helper.make_tensor("w", TensorProto.FLOAT, (96, 2), np.ones(192, "f4"))
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["y"]),
    ]
    path = save(("N", 3, "H", "W"), ("N", 2), nodes, extra=[weights])
    assert create(f"{path},size=8x4", None)(frame, np.array([LEFT])).shape == (1, 2)
    with pytest.raises(InputError, match="check the setting size") as caught:
        create(f"{path},size=9x4", None)(frame, np.array([LEFT]))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"\x00" * 100])
def test_a_file_without_a_model_is_refused(tmp_path, content):
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"net\.onnx") as caught:
        create(str(path), None)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("argument", ["", "absent.onnx", ".", ",norm=unit"])
def test_a_missing_file(argument):
    with pytest.raises(InputError, match=r"needs a file|no such ONNX file"):
        create(argument, None)


@pytest.mark.parametrize(
    ("network", "width"),
    [
        ("reid_osnet_x025_market1501.onnx", 512),
        ("person-reidentification-retail-0287.onnx,norm=bytes,colour=bgr", 256),
    ],
)
def test_a_real_network_tells_people_apart(mot_data, network, width):
    """Real networks on MOT16-09: each person is nearest to the same person one frame later."""
    describe = create(str(mot_data / "reid" / network), None)
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    seen = truth.select((truth.classes == 1) & (truth.visibilities > 0.6))
    now, later = (seen.select(seen.frames == frame) for frame in (100, 101))
    features = describe(sequence.read_frame(100), now.boxes_tlwh)
    others = describe(sequence.read_frame(101), later.boxes_tlwh)
    assert features.shape == (len(now), width)
    distances = describe.metric.distances(features, others)
    shared = np.intersect1d(now.ids, later.ids)
    assert len(shared) >= 3
    for identity in shared:
        row = distances[now.ids == identity][0]
        assert later.ids[np.argmin(row)] == identity
        assert row.min() < describe.metric.gate


@pytest.mark.parametrize("shape", [(1, 3, 2**40, 4), (2**31, 3, 8, 4), ("N", 3, 0, 4)])
def test_an_input_that_no_memory_holds_is_refused_before_it_is_cut(save, shape):
    """A flipped bit in the file can turn a side of the input into any number."""
    with pytest.raises(InputError, match="has the shape"):
        create(str(save(shape, ("N", 3))), None)
