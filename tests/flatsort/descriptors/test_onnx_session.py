"""Sessions of onnxruntime: the number of threads changes the time, never the features."""

import numpy as np
import pytest

from flatsort.descriptors.onnx_session import open_session
from flatsort.files.paths import SHIPPED_WEIGHTS


@pytest.mark.parametrize("name", ["fmvae", "fmvae-track"])
def test_features_do_not_depend_on_the_number_of_cores(name, monkeypatch):
    """Processes of --jobs have fewer threads than a serial run, which may have many."""
    path = SHIPPED_WEIGHTS / f"{name}.onnx"
    random, found = np.random.default_rng(0), []
    crops = None
    for cores in (1, 2, 3, 8):
        monkeypatch.setattr("flatsort.descriptors.onnx_session.available_cores", lambda n=cores: n)
        session = open_session(path, name)
        (entry,) = session.get_inputs()
        if crops is None:
            sizes = entry.shape[1:]
            crops = [random.integers(0, 256, (n, *sizes), np.uint8) for n in (1, 2, 5, 17, 33, 64)]
        found.append([session.run(None, {entry.name: each})[0].tobytes() for each in crops])
    assert all(each == found[0] for each in found)
