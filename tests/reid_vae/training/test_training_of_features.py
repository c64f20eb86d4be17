"""Models whose data are learned features: the same training, in a data space that stays fixed."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from flatsort.descriptors.onnx_encoder import open_exported
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.geometry.metric import flatness_of_metric, metric_tensor
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.model.feature_network import FeatureNetwork
from flatsort.reid_vae.training import training_data
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.reid_vae.training.training_data import COPIES
from flatsort.reid_vae.weights.onnx_export import export_encoder
from flatsort.reid_vae.weights.weights import load_weights, save_weights

SETTINGS = Settings(
    architecture="tiny-features",
    constants=Constants(kappa=0.5, beta=10.0, importance_samples=2, flatness_fraction=0.5),
    covariance="nuisance",
    start="closed",
    steps=12,
    batch_size=16,
)
# Four people of four crops, and others of one crop each.
TRACKLETS = np.concatenate([np.arange(4).repeat(4), np.arange(4, 36)])


@pytest.fixture
def features(tiny_features: Architecture) -> FeatureNetwork:
    """A network with the statistics of random crops, so that its features vary."""
    network = FeatureNetwork(tiny_features)
    network(torch.rand(32, 3, 16, 16))
    return network.eval()


@pytest.fixture
def large(crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crops at the size of the tiny features: (48, 16, 16, 3)."""
    return crops.repeat(2, 1).repeat(2, 2)


def trainer(features: FeatureNetwork, crops: NDArray[np.uint8], **changes: object) -> Trainer:
    settings = dataclasses.replace(SETTINGS, **changes)
    return Trainer(settings, crops, TRACKLETS, features=features)


def test_the_data_are_the_given_features(features: FeatureNetwork, large: NDArray) -> None:
    model = trainer(features, large, steps=0).model
    images = torch.rand(3, 3, 16, 16)
    assert torch.equal(model.observation.pictures(images), features(images))


def test_the_closed_form_is_flat(features: FeatureNetwork, large: NDArray) -> None:
    model = trainer(features, large, steps=0).model
    metric = metric_tensor(model.decoder, torch.randn(8, 4))
    # Difference quotients in float32 are right to a few thousandths.
    assert flatness_of_metric(metric)[0] < 1e-4


def test_training_leaves_the_features_alone(
    features: FeatureNetwork, large: NDArray, tmp_path: Path
) -> None:
    model = trainer(features, large).run(tmp_path, lambda _: None)
    learned = model.observation.features.state_dict()
    for name, value in features.state_dict().items():
        assert torch.equal(learned[name], value), name
    assert not torch.equal(
        model.decoder.network.last.weight, torch.zeros_like(model.decoder.network.last.weight)
    )


def test_varied_copies_are_pictures_of_the_crops_tracklet(
    features: FeatureNetwork, large: NDArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_data, "vary", lambda images: images.flip(-1))
    made = trainer(features, large, steps=0)
    means = made._data.targets(made.model.observation, np.array([0, 20]), torch.empty(0))
    images = torch.from_numpy(large).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        clean, turned = features(images), features(images.flip(-1))
    expected = (clean + COPIES * turned) / (1 + COPIES)
    # Crops 0 to 3 show one person; crop 20 is alone.
    torch.testing.assert_close(means, torch.stack([expected[:4].mean(0), expected[20]]))


def test_the_random_stream_does_not_depend_on_copies(
    features: FeatureNetwork, large: NDArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = trainer(features, large, steps=0)
    torch.manual_seed(3)
    made._data.fit(made.model.observation)
    after = torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(torch.rand(1), after)


@pytest.fixture
def striped(tiny_features: Architecture, monkeypatch: pytest.MonkeyPatch) -> Architecture:
    """The tiny features with histograms of hue and saturation in two strips."""
    architecture = dataclasses.replace(tiny_features, histogram_strips=2)
    monkeypatch.setitem(ARCHITECTURES, "tiny-features", architecture)
    return architecture


class TestHistogramsBesideFeatures:
    def test_both_parts_of_the_data_vary_as_much(
        self, striped: Architecture, features: FeatureNetwork, large: NDArray
    ) -> None:
        made = trainer(features, large, steps=0)
        variance = made._data._scatter.total_covariance()
        whitening = made.model.observation.whitening.double()
        data = (whitening @ variance @ whitening.T).diagonal()
        assert len(data) == 4 + 2 * 72
        assert data[:4].sum().item() == pytest.approx(74, rel=1e-3)
        assert data[4:].sum().item() == pytest.approx(74, rel=1e-3)

    def test_distances_of_histograms_are_kept(
        self, striped: Architecture, features: FeatureNetwork, large: NDArray
    ) -> None:
        observation = trainer(features, large, steps=0).model.observation
        pictures = torch.zeros(2, striped.picture_size, 1, 1)
        pictures[0, -1], pictures[1, -2] = 1.0, 1.0
        first, second = observation.whiten(pictures)
        unit = observation.whitening[-1, -1]
        assert (first - second).norm().item() == pytest.approx(2**0.5 * unit.item())

    def test_the_target_is_the_crop_s_own(
        self, striped: Architecture, features: FeatureNetwork, large: NDArray
    ) -> None:
        made = trainer(features, large, steps=0)
        images = torch.from_numpy(large[:2]).permute(0, 3, 1, 2).float() / 255
        targets = made._data.targets(made.model.observation, np.array([0, 1]), images)
        assert torch.equal(targets, made.model.observation.pictures(images))

    def test_the_start_is_flat_and_its_posterior_narrow(
        self, striped: Architecture, features: FeatureNetwork, large: NDArray
    ) -> None:
        model = trainer(features, large, steps=0).model.eval()
        metric = metric_tensor(model.decoder, torch.randn(8, 4))
        assert flatness_of_metric(metric)[0] < 1e-4
        _, log_variance = model.posterior(torch.rand(3, 3, 16, 16))
        assert log_variance.max() < -3


@pytest.mark.parametrize("strips", [0, 2])
@pytest.mark.parametrize("levels", [0, 2])
def test_weights_and_their_encoder_keep_the_features(
    tiny_features: Architecture,
    features: FeatureNetwork,
    large: NDArray,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    levels: int,
    strips: int,
) -> None:
    worded = dataclasses.replace(tiny_features, word_levels=levels, histogram_strips=strips)
    monkeypatch.setitem(ARCHITECTURES, "tiny-features", worded)
    model = trainer(features, large).run(tmp_path / "run", lambda _: None)
    path = tmp_path / "mine.safetensors"
    save_weights(path, model, {"calibration": {"kind": "cosine", "gate": 0.5}})
    loaded, _ = load_weights(path)
    images = torch.from_numpy(large[:5]).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        expected = loaded.encode(images).numpy()
        # The file stores weights in half precision.
        np.testing.assert_allclose(expected, model.encode(images), atol=0.02)
    export_encoder(path)
    np.testing.assert_allclose(open_exported(path)(large[:5]), expected, atol=1e-4)


def test_the_sheet_has_the_crops_alone(
    features: FeatureNetwork, large: NDArray, tmp_path: Path
) -> None:
    import cv2

    trainer(features, large).run(tmp_path, lambda _: None)
    height, width = cv2.imread(str(tmp_path / "sheet.png")).shape[:2]
    # Eight cells of 128 pixels with margins of 2, in one row.
    assert (height, width) == (132, 8 * 130 + 2)


def test_invented_people_are_refused(features: FeatureNetwork, large: NDArray) -> None:
    with pytest.raises(TrainingError, match="leave out --abroad"):
        trainer(features, large, abroad=True)
