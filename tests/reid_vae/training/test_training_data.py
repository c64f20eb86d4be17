"""Training data through the trainer: targets, units and whitening of crops and tracklets."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from flatsort.reid_vae.geometry.metric import flatness_of_metric, metric_tensor
from flatsort.reid_vae.geometry.principal import fit_principal_subspace
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.model.nuisance_covariance import (
    NuisanceCovariance,
    Scatter,
    number_from_zero,
)
from flatsort.reid_vae.model.observation import Observation
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.training.augmentation import Augmentation
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.trainer import Progress, Settings, Trainer, TrainingError
from flatsort.reid_vae.training.training_data import TrainingData
from flatsort.reid_vae.weights.weights import load_weights, save_weights

PEOPLE, EACH = 8, 6
# Unordered, with gaps, and not from zero, like tracklets of real footage.
LABELS = np.random.default_rng(1).permutation(np.repeat(7 * np.arange(PEOPLE) + 3, EACH))


@pytest.fixture(autouse=True)
def architectures(tiny: Architecture, tiny_isometric: Architecture, tiny_lab: Architecture) -> None:
    """Register the tiny architectures."""


@pytest.fixture
def crops() -> NDArray[np.uint8]:
    """(48, 8, 8, 3) crops of eight people who face one way; each crop has its own noise."""
    random = np.random.default_rng(2)
    faces = random.integers(30, 226, (PEOPLE, 8, 8, 3))
    noise = random.integers(-20, 21, (PEOPLE * EACH, 8, 8, 3))
    return (faces[np.unique(LABELS, return_inverse=True)[1]] + noise).astype(np.uint8)


def settings(architecture: str = "tiny-lab", **changes: object) -> Settings:
    short = Settings(
        architecture=architecture,
        covariance="nuisance",
        constants=Constants(kappa=0.1, beta=10.0, importance_samples=2, flatness_fraction=0.5),
        steps=4,
        batch_size=16,
        learning_rate=3e-3,
        warm_up=2,
    )
    return dataclasses.replace(short, **changes)


UNCHANGED = Augmentation(shift=0, scale=0, contrast=0, brightness=0, colour=0, erased=0)


def images_of(crops: NDArray[np.uint8]) -> Tensor:
    return torch.tensor(crops).permute(0, 3, 1, 2) / 255


def pictures_of_all(trainer: Trainer, crops: NDArray[np.uint8]) -> tuple[Tensor, NDArray[np.int64]]:
    """Return pictures (2 M, 3, s, s) of the crops, then of their mirror images, and labels."""
    images = images_of(crops)
    both = torch.cat([images, images.flip(-1)])
    return trainer.model.observation.pictures(both), np.tile(LABELS, 2)


def mean_pictures(trainer: Trainer, crops: NDArray[np.uint8]) -> Tensor:
    """Return the mean picture of each crop's tracklet, mirror images included: (M, 3, s, s)."""
    pictures, labels = pictures_of_all(trainer, crops)
    return torch.stack([pictures[labels == label].mean(0) for label in LABELS])


@dataclass
class Seen:
    """The inputs of the encoder and the targets of the decoder, batch by batch."""

    inputs: list[Tensor] = dataclasses.field(default_factory=list)
    targets: list[Tensor] = dataclasses.field(default_factory=list)


def watch(trainer: Trainer) -> Seen:
    """Record the batches of a trainer from now on."""
    seen = Seen()
    observation = trainer.model.observation
    whiten = observation.whiten
    trainer.model.encoder.register_forward_pre_hook(lambda _, given: seen.inputs.append(given[0]))
    observation.whiten = lambda pictures: seen.targets.append(pictures) or whiten(pictures)
    return seen


def ignore(progress: Progress) -> None:
    pass


class TestIsotropicTargets:
    @pytest.mark.parametrize("architecture", ["tiny", "tiny-lab"])
    def test_are_the_clean_crops_as_pictures(
        self, crops: NDArray[np.uint8], tmp_path: Path, architecture: str
    ) -> None:
        chosen = settings(architecture, covariance="isotropic", augmentation=UNCHANGED)
        trainer = Trainer(chosen, crops)
        seen = watch(trainer)
        trainer.run(tmp_path, ignore)
        assert len(seen.targets) == 4
        for inputs, targets in zip(seen.inputs, seen.targets, strict=False):
            expected = trainer.model.observation.pictures(inputs)
            torch.testing.assert_close(targets, expected, atol=1e-3, rtol=0)

    def test_stay_clean_when_the_input_is_changed(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        trainer = Trainer(settings(covariance="isotropic"), crops)
        clean, _ = pictures_of_all(trainer, crops)
        seen = watch(trainer)
        trainer.run(tmp_path, ignore)
        for target in torch.cat(seen.targets):
            assert (target == clean).flatten(1).all(1).any()

    def test_do_not_depend_on_tracklets(self, crops: NDArray[np.uint8], tmp_path: Path) -> None:
        chosen = settings(covariance="isotropic")
        one = Trainer(chosen, crops).run(tmp_path / "without", ignore)
        other = Trainer(chosen, crops, LABELS).run(tmp_path / "with", ignore)
        assert same_weights(one, other)


class TestSyntheticPeople:
    def test_inputs_and_targets_show_the_same_person(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        # Dull colours, so that all changed colours are within sRGB.
        crops = (100 + crops // 6).astype(np.uint8)
        chosen = settings(covariance="isotropic", augmentation=UNCHANGED, abroad=True)
        trainer = Trainer(chosen, crops)
        both, _ = pictures_of_all(trainer, crops)
        seen = watch(trainer)
        trainer.run(tmp_path, ignore)
        inputs, targets = (torch.cat(each[:4]) for each in (seen.inputs, seen.targets))
        expected = trainer.model.observation.pictures(inputs)
        torch.testing.assert_close(targets, expected, atol=0.05, rtol=0)
        nearest = torch.cdist(targets.flatten(1), both.flatten(1)).amin(1)
        as_filmed = nearest < 1e-3
        assert 0 < as_filmed.sum() < 0.3 * len(targets)

    @pytest.mark.parametrize("covariance", ["isotropic", "nuisance"])
    def test_the_encoder_starts_as_the_decoder_s_inverse(
        self, crops: NDArray[np.uint8], covariance: str
    ) -> None:
        model = Trainer(settings(covariance=covariance, abroad=True), crops, LABELS).model.eval()
        z = torch.randn(20, 4)
        pictures = model.pictures(z)
        torch.testing.assert_close(model.linear_encoder(pictures), z, atol=1e-3, rtol=1e-3)
        images = images_of(crops)
        linear = model.linear_encoder(model.observation.pictures(images))
        torch.testing.assert_close(model.encode(images), linear)
        # The part of the data that the encoder loses is orthogonal to the decoder's columns.
        data = model.observation.whiten(model.observation.pictures(images))
        lost = data - model.decoder(linear)
        along = lost @ model.decoder.linear.weight
        torch.testing.assert_close(along, torch.zeros_like(along), atol=1e-3, rtol=0)

    def test_training_does_not_change_the_linear_part(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        trainer = Trainer(settings(abroad=True), crops, LABELS)
        before = trainer.model.linear_encoder.weight.clone()
        started = trainer.model.encoder.posterior.mean.weight.clone()
        model = trainer.run(tmp_path, ignore)
        assert torch.equal(model.linear_encoder.weight, before)
        assert not started.any()
        assert model.encoder.posterior.mean.weight.any()

    def test_a_decoder_that_starts_at_random_has_no_inverse(self, crops: NDArray[np.uint8]) -> None:
        plain = settings(constants=Constants(kappa=0.1, beta=0), abroad=True)
        assert Trainer(plain, crops, LABELS).model.linear_encoder is None

    def test_the_linear_part_is_saved_with_the_weights(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        model = Trainer(settings(abroad=True), crops, LABELS).run(tmp_path, ignore)
        save_weights(tmp_path / "w.safetensors", model, {})
        loaded, _ = load_weights(tmp_path / "w.safetensors")
        expected = model.encode(images_of(crops))
        # Half precision: one part in a thousand.
        error = (loaded.encode(images_of(crops)) - expected).norm() / expected.norm()
        assert error < 2e-3


class TestNuisanceTargets:
    def test_are_the_mean_of_the_crop_s_tracklet_also_for_mirrored_crops(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        trainer = Trainer(settings(steps=12, augmentation=UNCHANGED), crops, LABELS)
        means = mean_pictures(trainer, crops)
        images = images_of(crops)
        seen = watch(trainer)
        trainer.run(tmp_path, ignore)
        turned = 0
        inputs = torch.cat(seen.inputs[:12])
        for shown, target in zip(inputs, torch.cat(seen.targets), strict=True):
            distances = [(shown - side).abs().amax((1, 2, 3)) for side in (images, images.flip(-1))]
            row = torch.minimum(*distances).argmin()
            turned += bool(distances[1][row] < distances[0][row])
            torch.testing.assert_close(target, means[row], atol=1e-4, rtol=0)
        # 192 fair coins.
        assert 60 < turned < 132

    @pytest.mark.parametrize("abroad", [False, True])
    def test_measure_uses_the_same_targets(self, crops: NDArray[np.uint8], abroad: bool) -> None:
        # The measurement uses the filmed people, even if training adds synthetic people.
        trainer = Trainer(settings(abroad=abroad), crops, LABELS)
        with torch.no_grad():
            for parameter in trainer.model.decoder.linear.parameters():
                parameter.zero_()
        # The decoder always returns 0.
        expected = trainer.model.observation.whiten(mean_pictures(trainer, crops))
        measured = trainer.measure()
        assert measured.rms_error == pytest.approx(expected.square().mean().sqrt().item(), rel=1e-4)
        # Nx / 2 for four whitened values.
        assert measured.kappa_squared == 2

    def test_the_error_falls(self, crops: NDArray[np.uint8], tmp_path: Path) -> None:
        history: list[Progress] = []
        Trainer(settings(steps=60), crops, LABELS).run(tmp_path, history.append)
        first, last = (
            np.mean([progress.rms_error for progress in part])
            for part in (history[:10], history[-10:])
        )
        assert last < 0.75 * first


class TestFit:
    def test_the_whitening_is_that_of_the_tracklets(self, crops: NDArray[np.uint8]) -> None:
        trainer = Trainer(settings(), crops, LABELS)
        pictures = trainer.model.observation.pictures(images_of(crops))
        everything, tracklets = slice(0, len(crops)), number_from_zero(LABELS)
        scatter = Scatter(tracklets, pictures[0].numel())
        scatter.add(everything, pictures)
        nuisance = NuisanceCovariance(tracklets, scatter, rank=4)
        nuisance.add(everything, pictures)
        whitening, expected = trainer.model.observation.whitening, nuisance.whitening()
        # The product does not depend on the signs of the rows, which are arbitrary.
        torch.testing.assert_close(
            whitening.mT @ whitening, expected.mT @ expected, rtol=1e-3, atol=1e-3
        )

    def test_there_are_as_many_data_values_as_latents(self, crops: NDArray[np.uint8]) -> None:
        model = Trainer(settings(), crops, LABELS).model
        assert model.architecture.data_size == model.architecture.latent_size == 4
        assert model.decoder(torch.zeros(2, 4)).shape == (2, 4)

    @pytest.mark.parametrize("covariance", ["isotropic", "nuisance"])
    def test_the_decoder_starts_as_an_isometry_about_the_mean_target(
        self, crops: NDArray[np.uint8], covariance: str
    ) -> None:
        trainer = Trainer(settings(covariance=covariance), crops, LABELS)
        pictures = trainer.model.observation.pictures(images_of(crops))
        targets = mean_pictures(trainer, crops) if covariance == "nuisance" else pictures
        data = trainer.model.observation.whiten(targets)
        decoder = trainer.model.decoder
        torch.testing.assert_close(decoder.linear.bias, data.mean(0), atol=1e-3, rtol=1e-3)
        flatness, c_squared = flatness_of_metric(metric_tensor(decoder, torch.randn(6, 4)))
        assert flatness.item() < 1e-5
        variance = data.var(dim=0, correction=0).sum().item()
        assert c_squared.item() == pytest.approx(variance / 4, rel=1e-3)

    def test_without_flatness_the_decoder_does_not_start_as_an_isometry(
        self, crops: NDArray[np.uint8]
    ) -> None:
        plain = Trainer(settings(constants=Constants(kappa=0.1, beta=0)), crops, LABELS).model
        assert plain.decoder.linear is None
        assert plain.decoder(torch.zeros(2, 4)).shape == (2, 4)

    def test_channels_are_in_units_of_the_crops(self, crops: NDArray[np.uint8]) -> None:
        trainer = Trainer(settings(covariance="isotropic"), crops)
        expected = VHPVAE(trainer.model.architecture).observation
        expected.fit_channels(images_of(crops))
        assert expected.channel_std.min() > 1
        torch.testing.assert_close(trainer.model.observation.channel_mean, expected.channel_mean)
        torch.testing.assert_close(trainer.model.observation.channel_std, expected.channel_std)

    def test_the_data_space_is_saved_with_the_weights(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        model = Trainer(settings(), crops, LABELS).run(tmp_path, ignore)
        save_weights(tmp_path / "w.safetensors", model, {})
        loaded, _ = load_weights(tmp_path / "w.safetensors")
        pictures = model.observation.pictures(images_of(crops))
        torch.testing.assert_close(
            loaded.observation.pictures(images_of(crops)), pictures, atol=0.01, rtol=0
        )
        expected = model.observation.whiten(pictures)
        error = (loaded.observation.whiten(pictures) - expected).norm() / expected.norm()
        assert error < 1e-2


@pytest.mark.parametrize("covariance", ["isotropic", "nuisance"])
def test_crops_that_all_look_the_same(crops: NDArray[np.uint8], covariance: str) -> None:
    plain = np.full_like(crops, 77)
    with pytest.raises(TrainingError, match=r"all crops look the same|do not differ"):
        Trainer(settings(covariance=covariance), plain, LABELS)


class TestTracklets:
    @pytest.mark.parametrize(
        "tracklets", [None, np.arange(PEOPLE * EACH), np.zeros(PEOPLE * EACH, int)]
    )
    def test_without_two_crops_of_one_person(
        self, crops: NDArray[np.uint8], tracklets: NDArray[np.int64] | None
    ) -> None:
        with pytest.raises(TrainingError, match="boxes that could be linked into tracklets"):
            Trainer(settings(), crops, tracklets)

    def test_resuming_with_other_tracklets_is_refused(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        Trainer(settings(), crops, LABELS).run(tmp_path, ignore)
        log = (tmp_path / "log.csv").read_text()
        with pytest.raises(TrainingError, match=r"checkpoint\.pt.*crops"):
            Trainer(settings(), crops, np.roll(LABELS, 1)).run(tmp_path, ignore)
        assert (tmp_path / "log.csv").read_text() == log

    def test_only_the_grouping_matters_and_not_the_numbers(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        one = Trainer(settings(), crops, LABELS).run(tmp_path, ignore)
        history: list[Progress] = []
        # With other numbers for the same tracklets, the run counts as finished.
        again = Trainer(settings(), crops, 100 + 2 * LABELS).run(tmp_path, history.append)
        assert history == []
        assert same_weights(one, again)

    def test_a_resumed_run_ends_with_the_same_weights(
        self, crops: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        class Killed(BaseException):
            pass

        def kill(progress: Progress) -> None:
            if progress.step == 3:
                raise Killed

        straight = Trainer(settings(), crops, LABELS).run(tmp_path / "straight", ignore)
        with pytest.raises(Killed):
            Trainer(settings(), crops, LABELS).run(tmp_path / "killed", kill, checkpoint_every=0)
        resumed = Trainer(settings(), crops, LABELS).run(tmp_path / "killed", ignore)
        assert same_weights(straight, resumed)


def same_weights(one: VHPVAE, other: VHPVAE) -> bool:
    """Whether two models agree to the last bit."""
    others = other.state_dict()
    return all(torch.equal(value, others[name]) for name, value in one.state_dict().items())


class TestPrincipalCoordinates:
    @pytest.fixture
    def trainer(self, crops: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> Trainer:
        coordinates = dataclasses.replace(
            ARCHITECTURES["tiny"], whitened_size=10, encoder_hidden=(16,), bypass=True
        )
        monkeypatch.setitem(ARCHITECTURES, "tiny-coordinates", coordinates)
        return Trainer(settings("tiny-coordinates", covariance="isotropic", start="random"), crops)

    def test_data_have_unit_variance_on_average(
        self, trainer: Trainer, crops: NDArray[np.uint8]
    ) -> None:
        observation = trainer.model.observation
        data = observation.whiten(observation.pictures(images_of(crops)))
        assert data.var(0).mean().item() == pytest.approx(1, rel=1e-4)

    def test_coordinates_lose_as_little_as_principal_components(
        self, trainer: Trainer, crops: NDArray[np.uint8]
    ) -> None:
        observation = trainer.model.observation
        pictures = observation.pictures(images_of(crops))
        back = observation.unwhiten(observation.whiten(pictures))
        lost = (back - pictures).square().mean().sqrt().item()
        # One direction holds the mean picture.
        subspace = fit_principal_subspace(pictures.flatten(1), 9)
        assert lost == pytest.approx(subspace.rms_error(pictures.flatten(1)), rel=0.02)

    def test_distances_are_those_of_pictures_up_to_one_factor(self, trainer: Trainer) -> None:
        whitening = trainer.model.observation.whitening
        gram = whitening @ whitening.T
        torch.testing.assert_close(
            gram, gram[0, 0] * torch.eye(10), atol=1e-3 * gram[0, 0].item(), rtol=0
        )

    def test_too_few_crops(self, trainer: Trainer, crops: NDArray[np.uint8]) -> None:
        wide = dataclasses.replace(trainer.model.architecture, whitened_size=48)
        with pytest.raises(TrainingError, match="48 crops have no 48 principal coordinates"):
            TrainingData(crops, None, seed=0).fit(Observation(wide))


def test_targets_may_show_the_changes(crops: NDArray[np.uint8]) -> None:
    """A lost patch is in the target too, so clean targets and changed ones differ."""
    shown = Augmentation(erased=1.0, of_targets=True)
    seen = []
    for ranges in (shown, dataclasses.replace(shown, of_targets=False)):
        trainer = Trainer(settings("tiny", covariance="isotropic", augmentation=ranges), crops)
        optimisation = trainer.optimisation
        taken = []
        optimisation.take_step = lambda inputs, targets, taken=taken: taken.append(
            (inputs - targets).abs().max().item()
        )
        trainer._take_step()
        seen += taken
    assert seen[0] == 0
    assert seen[1] > 0.1
