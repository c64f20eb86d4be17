"""The command fit_pca: weights, card and descriptor of principal components."""

import numpy as np
import pytest

from flatsort.commands.fit_pca import main
from flatsort.descriptors import load_descriptor
from flatsort.descriptors.onnx_encoder import open_exported
from flatsort.reid_vae.weights.encoder import CropEncoder
from flatsort.reid_vae.weights.weights_file import read_card


@pytest.fixture
def words(make_sequence, tmp_path):
    """Make the command line without the command's name, for 28 crops of two people."""
    footage = make_sequence(length=14)

    def make(*more):
        folders = ("--runs", tmp_path / "runs", "--out", tmp_path / "out")
        return ["--name", "mine", "--seq", footage.folder, "--latent-size", 5, *folders, *more]

    return make


def test_weights_card_and_descriptor(tool, words, tmp_path):
    outcome = tool(main, *words())
    assert outcome.status == 0, outcome.err
    out = tmp_path / "out"
    weights = out / "mine.safetensors"
    assert sorted(path.name for path in out.iterdir()) == [
        *("MODEL_CARD.md", "mine.onnx", "mine.safetensors"),
    ]
    assert outcome.out.startswith(f"wrote {weights}: ")
    card = read_card(weights)
    assert (card["data"]["crops"], card["data"]["latent_size"]) == (28, 5)
    assert card["affine_residual"] == {"decoder": 0, "encoder": 0}
    # 28 pictures of 768 values differ in more than five directions.
    assert card["measured"]["rms_error"] > 0
    text = (out / "MODEL_CARD.md").read_text()
    assert "| mine      | PCA" in text
    assert "python tools/fit_pca.py --name mine --seq MOT16-98 --detections det.txt" in text

    crops = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    exported, slow = open_exported(weights), CropEncoder(weights)
    np.testing.assert_allclose(exported(crops), slow(crops), rtol=1e-3, atol=1e-3)
    frame = np.random.default_rng(1).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    features = load_descriptor(str(weights))(frame, np.array([[5, 5, 20, 40.0]], np.float32))
    assert features.shape == (1, 5)


def test_wrong_arguments(tool, words, tmp_path):
    for more, complaint in (
        (("--latent-size", 0), "--latent-size must be above 0"),
        (("--latent-size", 40), "28 data points of 768 values have no 40 principal directions"),
        (("--latent-size", 4000), "must not exceed the 768 data values"),
        (("--name", "none"), "none of the reserved words"),
    ):
        assert complaint in tool(main, *words(*more)).error
    assert not (tmp_path / "out").exists()
