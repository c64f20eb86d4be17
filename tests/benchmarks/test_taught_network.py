"""The taught network: it learns people of one colour each, in a few steps."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks.labelled_people import NOBODY
from benchmarks.taught_network import CROPS_EACH, draw_batch, teach, train_taught
from flatsort.descriptors.registry import load_descriptor
from flatsort.errors import InputError
from flatsort.reid_vae.weights.encoder import encode_crops
from flatsort.training.crop_set import CropSet
from flatsort.training.usual_settings import usual_settings

SIDE = 16
SETTINGS = replace(usual_settings(architecture="small"), steps=40, batch_size=16, warm_up=5)


def coloured_people(count, each, seed=0):
    """Return (count * each) crops of noise about one colour per person, and the people."""
    generator = np.random.default_rng(seed)
    colours = np.random.default_rng(7).integers(30, 225, (count, 1, 1, 1, 3))
    noise = generator.integers(-25, 26, (count, each, SIDE, SIDE, 3))
    images = (colours + noise).astype(np.uint8).reshape(-1, SIDE, SIDE, 3)
    return images, np.repeat(np.arange(count), each)


def footage(frames=30):
    """Return the crops of six people who stand side by side, and the people."""
    images, people = coloured_people(6, frames)
    boxes = np.column_stack([100.0 * people, 0 * people, 0 * people + 20, 0 * people + 50])
    order = np.tile(np.arange(1, frames + 1), 6)
    return CropSet(images, np.zeros_like(people), order, boxes), people


def nearest_is_same(features, people):
    """Return the share of rows whose nearest other row, by cosine, shows the same person."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    cosines = (features / lengths) @ (features / lengths).T
    np.fill_diagonal(cosines, -2)
    return (people[cosines.argmax(1)] == people).mean()


def rows_of_people(*sizes):
    return list(torch.arange(sum(sizes)).split(list(sizes)))


@pytest.mark.parametrize("seed", range(5))
def test_a_batch_has_four_crops_of_each_of_its_people(seed):
    torch.manual_seed(seed)
    groups = rows_of_people(*[7] * 20)
    rows = draw_batch(groups, 64).numpy()
    people, counts = np.unique(rows // 7, return_counts=True)
    assert len(people) == 16
    assert (counts == CROPS_EACH).all()
    assert len(np.unique(rows)) == 64


def test_few_people_have_more_crops_each():
    rows = draw_batch(rows_of_people(50, 50, 50), 64).numpy()
    assert np.bincount(rows // 50).tolist() == [21, 21, 21]


def test_a_person_with_one_crop_is_drawn_as_often_as_others():
    rows = draw_batch(rows_of_people(1, 3, 9), 12).numpy()
    assert np.bincount(np.digitize(rows, [1, 4])).tolist() == [4, 4, 4]
    # Of three crops, each is drawn before one is drawn twice.
    assert sorted(np.bincount(rows)[1:4].tolist()) == [1, 1, 2]


def test_all_people_are_drawn_in_time():
    torch.manual_seed(0)
    groups = rows_of_people(*[4] * 30)
    drawn = torch.cat([draw_batch(groups, 16) for _ in range(100)])
    assert len(torch.unique(drawn)) == 120


def test_training_lowers_the_loss_and_tells_new_crops_apart():
    images, people = coloured_people(6, 12)
    model, losses = teach(images, people, SETTINGS)
    # Guessing costs ln 6 in the cross entropy and about the margin in the triplet loss.
    assert losses[0] > np.log(6)
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    others, same = coloured_people(6, 12, seed=1)
    untrained, _ = teach(images, people, replace(SETTINGS, steps=1, learning_rate=1e-9))
    right = nearest_is_same(encode_crops(model, others), same)
    assert right > 0.9
    assert right > nearest_is_same(encode_crops(untrained, others), same)


def test_the_same_seed_gives_the_same_network():
    images, people = coloured_people(4, 5)
    few = replace(SETTINGS, steps=3)
    one, again, other = (teach(images, people, replace(few, seed=s)) for s in (1, 1, 2))
    assert one[1] == again[1]
    assert one[1] != other[1]
    np.testing.assert_array_equal(encode_crops(one[0], images), encode_crops(again[0], images))


def test_names_of_people_do_not_matter():
    images, people = coloured_people(4, 5)
    few = replace(SETTINGS, steps=2)
    assert teach(images, people, few)[1] == teach(images, 10 * people + 3, few)[1]


def test_people_with_a_single_crop_are_learned():
    images, people = coloured_people(5, 6)
    kept = np.concatenate([np.arange(24), [24]])
    _, losses = teach(images[kept], people[kept], replace(SETTINGS, steps=5))
    assert np.isfinite(losses).all()


def test_the_file_describes_as_the_network_does(tmp_path):
    crops, people = footage()
    few = replace(SETTINGS, steps=8)
    card = train_taught(crops, people, tmp_path / "taught.onnx", few)
    assert [path.name for path in tmp_path.iterdir()] == ["taught.onnx"]
    assert card["data"] == {"crops": 150, "held_out": 30, "people": 5}
    descriptor = load_descriptor(f"onnx:{tmp_path / 'taught.onnx'}")
    calibration = card["calibration"]
    assert (descriptor.metric.kind, descriptor.metric.gate) == (
        calibration["kind"],
        calibration["gate"],
    )
    # The person of frame 1 in a frame of that person's noise.
    image = np.ascontiguousarray(crops.images[0][..., ::-1])
    (feature,) = descriptor(image, np.array([[0, 0, SIDE, SIDE]], np.float32))
    held = people == 4
    model, _ = teach(crops.images[~held], people[~held], few)
    assert feature.shape == (128,)
    expected = encode_crops(model, crops.images[:1])[0]
    # Weights in half precision move a feature by a thousandth of its length.
    assert np.linalg.norm(feature - expected) < 5e-3 * np.linalg.norm(expected)


def test_crops_of_nobody_are_left_out(tmp_path):
    crops, people = footage()
    unknown = np.where(people == 1, NOBODY, people)
    few = replace(SETTINGS, steps=1)
    held = np.zeros(len(people), bool)
    card = train_taught(crops, unknown, tmp_path / "taught.onnx", few, held_out=held)
    assert card["data"] == {"crops": 150, "held_out": 0, "people": 5}


@pytest.mark.parametrize(
    ("people", "side", "name", "message"),
    [
        ([0, 0, NOBODY], SIDE, "taught.onnx", "show 1 labelled people: give at least 2"),
        ([NOBODY] * 3, SIDE, "taught.onnx", "show 0 labelled people: give at least 2"),
        ([0, 1, 2], 32, "taught.onnx", r"\(32, 32, 3\), not \(16, 16, 3\)"),
        ([0, 1, 2], SIDE, "taught.safetensors", "must end in .onnx"),
    ],
)
def test_what_cannot_be_taught_is_said_and_leaves_no_file(tmp_path, people, side, name, message):
    images = np.zeros((3, side, side, 3), np.uint8)
    crops = CropSet(images, np.zeros(3, int), np.arange(1, 4), np.ones((3, 4)))
    with pytest.raises(InputError, match=message):
        train_taught(crops, np.array(people), tmp_path / name, SETTINGS)
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_fails_leaves_the_older_file(tmp_path):
    crops, people = footage()
    older = tmp_path / "taught.onnx"
    older.write_text("older")
    with pytest.raises(InputError, match="not finite at step 1: lower the learning rate"):
        train_taught(crops, people, older, replace(SETTINGS, learning_rate=1e30, warm_up=0))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["older"]
