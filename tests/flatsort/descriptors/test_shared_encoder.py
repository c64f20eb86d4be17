"""The encoder that many threads share: order, errors, and the same bits as alone."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from flatsort.descriptors.registry import load_descriptor
from flatsort.descriptors.shared_encoder import SharedEncoder, is_batch_independent
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.processors import one_core

FAULTY = 13
SIZE = 2


class Doubling:
    """Returns twice the first value of each crop; a crop of value 13 is an error.

    Attributes:
        sizes: number of crops of each run.
        gate: the first run waits for it.
        begun: set when the first run has begun.
    """

    engine, image_size, calibration = "none", SIZE, {"kind": "cosine", "gate": 0.3}
    latent_mean = np.zeros(1, np.float32)

    def __init__(self):
        self.sizes = []
        self.gate, self.begun = threading.Event(), threading.Event()

    def __call__(self, crops):
        self.sizes.append(len(crops))
        self.begun.set()
        assert self.gate.wait(30)
        if (crops[:, 0, 0, 0] == FAULTY).any():
            raise ValueError(f"{FAULTY} among {len(crops)}")
        return 2 * crops[:, 0, 0, :1].astype(np.float32)


def crops(*values):
    """Crops that are filled with these values."""
    filled = np.array(values, np.uint8).reshape(-1, 1, 1, 1)
    return np.ascontiguousarray(np.broadcast_to(filled, (len(values), SIZE, SIZE, 3)))


def wait_until(condition):
    """Wait until a condition holds; the test fails after half a minute."""
    tick = threading.Event()
    for _ in range(3000):
        if condition():
            return
        tick.wait(0.01)
    pytest.fail("nothing happened within half a minute")


def encode_behind(encoder, shared, first, *others):
    """Encode ``first``, and the others together while it is at work; return all the futures."""
    with ThreadPoolExecutor(1 + len(others)) as pool:
        futures = [pool.submit(shared, first)]
        assert encoder.begun.wait(30)
        futures += [pool.submit(shared, each) for each in others]
        wait_until(lambda: len(shared._waiting) == len(others))
        encoder.gate.set()
    return futures


def values(future):
    return future.result()[:, 0].tolist()


def test_all_that_wait_are_one_batch_and_each_gets_its_own_rows():
    encoder = Doubling()
    shared = SharedEncoder(encoder, runs=1)
    futures = encode_behind(encoder, shared, crops(1), crops(2, 3), crops(), crops(4, 5, 6))
    assert [values(each) for each in futures] == [[2], [4, 6], [], [8, 10, 12]]
    assert encoder.sizes == [1, 5]
    assert (shared.batches, shared.encoded) == (2, 6)


def test_an_error_reaches_only_the_thread_whose_crops_are_at_fault():
    encoder = Doubling()
    shared = SharedEncoder(encoder, runs=1)
    futures = encode_behind(encoder, shared, crops(1), crops(2), crops(FAULTY, 3), crops(4))
    assert [values(futures[n]) for n in (0, 1, 3)] == [[2], [4], [8]]
    with pytest.raises(ValueError, match="13 among 2"):
        futures[2].result()
    # The run is free again.
    assert shared(crops(9)).tolist() == [[18]]


def test_a_batch_has_at_most_256_crops_and_larger_wishes_run_alone():
    encoder = Doubling()
    shared = SharedEncoder(encoder, runs=1)
    many = crops(*[7] * 200)
    futures = encode_behind(encoder, shared, crops(1), many, many, crops(*[7] * 300))
    assert [len(each.result()) for each in futures] == [1, 200, 200, 300]
    assert sorted(encoder.sizes) == [1, 200, 200, 300]


def test_two_runs_at_once_and_no_thread_waits_for_another_ones_camera():
    """While one stream's crops are encoded, another stream comes and goes."""
    slow, encoder = threading.Event(), Doubling()
    encoder.gate.set()

    def encode(crops):
        if crops[0, 0, 0, 0] == 1:
            assert slow.wait(30)
        return encoder(crops)

    encode.engine, encode.image_size = encoder.engine, encoder.image_size
    encode.calibration, encode.latent_mean = encoder.calibration, encoder.latent_mean
    shared = SharedEncoder(encode, runs=2)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shared, crops(1))
        wait_until(lambda: shared.batches == 1)
        assert [shared(crops(n)).tolist() for n in range(2, 6)] == [[[4]], [[6]], [[8]], [[10]]]
        slow.set()
        assert values(first) == [2]


def test_many_threads_get_their_own_rows():
    encoder = Doubling()
    encoder.gate.set()
    shared = SharedEncoder(encoder, runs=2)

    def stream(number):
        rng = np.random.default_rng(number)
        for _ in range(50):
            given = rng.integers(20, 120, rng.integers(0, 9)).tolist()
            assert shared(crops(*given))[:, 0].tolist() == [2 * each for each in given]
        return 50

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(stream, range(8))) == 400
    assert shared.batches == len(encoder.sizes)
    assert shared.encoded == sum(encoder.sizes)


class Counting(Doubling):
    """Adds the size of the batch to each row."""

    def __call__(self, crops):
        return crops[:, 0, 0, :1].astype(np.float32) + len(crops)


def test_an_encoder_whose_rows_depend_on_the_batch_is_found_out():
    assert not is_batch_independent(Counting())


def test_strangers_is_found_out():
    """A single crop, whose matrices are vectors, is rounded differently."""
    pytest.importorskip("onnxruntime")
    encoder = load_descriptor("strangers").encoder
    assert not is_batch_independent(encoder)
    with one_core():
        on_one_core = load_descriptor("strangers").encoder
    crops = np.random.default_rng(1).integers(0, 256, (17, 64, 64, 3), np.uint8)
    for size in (1, 2, 17):
        assert np.array_equal(encoder(crops[:size]), on_one_core(crops[:size]))


JOINED = sorted(each for each in SHIPPED_WEIGHTS.glob("*.onnx") if each.stem != "strangers")


@pytest.mark.parametrize("path", JOINED, ids=lambda each: each.stem)
def test_the_other_shipped_encoders_give_a_crop_the_same_bits_in_every_batch(path):
    """In batches of 1 to 256 crops, at every place, on one core and on all of them."""
    pytest.importorskip("onnxruntime")
    with one_core():
        encoder = load_descriptor(str(path.with_suffix(".safetensors"))).encoder
    on_all_cores = load_descriptor(str(path.with_suffix(".safetensors"))).encoder
    shape = (256, encoder.image_size, encoder.image_size, 3)
    all_crops = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    expected = on_all_cores(all_crops)
    for size in (*range(1, 34), 63, 64, 65, 100, 127, 128, 129, 200, 255, 256):
        assert np.array_equal(encoder(all_crops[:size]), expected[:size]), size
        assert np.array_equal(encoder(all_crops[-size:]), expected[-size:]), size
    assert is_batch_independent(encoder)
