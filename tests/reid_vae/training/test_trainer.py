"""The training loop on tiny models: learning, resuming, and errors."""

import csv
import dataclasses
import functools
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from flatsort.reid_vae.geometry.metric import flatness_of_metric, metric_tensor
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.training import optimisation
from flatsort.reid_vae.training.constraint import ConstraintMultiplier
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.trainer import (
    Progress,
    Settings,
    Trainer,
    TrainingError,
    chosen_start,
)

Crops = NDArray[np.uint8]


def settings(*, kappa: float = 0.1, beta: float = 10.0, **changes: object) -> Settings:
    """Return settings of a short run of the tiny model."""
    short = Settings(
        architecture="tiny",
        constants=Constants(kappa=kappa, beta=beta, importance_samples=2, flatness_fraction=0.5),
        steps=12,
        batch_size=16,
        learning_rate=3e-3,
        warm_up=5,
    )
    return dataclasses.replace(short, **changes)


def ignore(progress: Progress) -> None:
    pass


def train(chosen: Settings, crops: Crops, folder: Path) -> tuple[VHPVAE, list[Progress]]:
    history: list[Progress] = []
    return Trainer(chosen, crops).run(folder, history.append), history


def same_weights(one: VHPVAE, other: VHPVAE) -> bool:
    """Whether two models agree to the last bit."""
    others = other.state_dict()
    return all(torch.equal(value, others[name]) for name, value in one.state_dict().items())


@pytest.fixture(autouse=True)
def architectures(tiny: Architecture, tiny_isometric: Architecture) -> None:
    """Register the tiny architectures."""


@pytest.fixture
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the moving average follow within a few steps, because runs here are short."""
    quick = functools.partial(ConstraintMultiplier, smoothing=0.5)
    monkeypatch.setattr(optimisation, "ConstraintMultiplier", quick)


class TestLearning:
    def test_the_error_falls(self, crops: Crops, tmp_path: Path) -> None:
        _, history = train(settings(steps=150), crops, tmp_path)
        first, last = (
            sum(progress.rms_error for progress in part) / 10
            for part in (history[:10], history[-10:])
        )
        assert last < 0.6 * first

    def test_reported_progress(self, crops: Crops, tmp_path: Path) -> None:
        _, history = train(settings(kappa=0.2), crops, tmp_path)
        assert [progress.step for progress in history] == list(range(1, 13))
        for progress in history:
            # C = Nx rms^2 / (2 kappa^2), with 192 values and kappa^2 = Nx / 2.
            expected = 192 * progress.rms_error**2 / (2 * 0.2**2)
            assert progress.reconstruction == pytest.approx(expected, rel=1e-5)
            assert progress.kappa_squared == 96
        assert history[0].multiplier == 20

    def test_the_constraint_may_bound_the_flatness_term_too(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        # Every error is below a kappa of 2, so the initial phase ends at once, unless beta R keeps
        # the sum above kappa^2.
        for bounded, beta, initial in ((False, 1e6, False), (True, 1e6, True), (True, 0, False)):
            chosen = settings(kappa=2.0, beta=beta, steps=1)
            constants = dataclasses.replace(chosen.constants, bounded_flatness=bounded)
            chosen = dataclasses.replace(chosen, constants=constants)
            _, history = train(chosen, crops, tmp_path / f"{bounded} {beta}")
            assert history[-1].initial_phase == initial

    def test_without_augmentation_the_encoder_sees_the_crops(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        trainer = Trainer(settings(steps=1, augmentation=None), crops)
        seen = []
        trainer.model.encoder.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
        trainer.run(tmp_path, ignore)
        known = {image.tobytes() for image in crops}
        images = (255 * seen[0]).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
        assert len(images) == 16
        assert all(np.ascontiguousarray(image).tobytes() in known for image in images)

    @pytest.mark.usefixtures("short_memory")
    def test_the_constraint_ends_up_met_and_lambda_falls(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        _, history = train(settings(kappa=0.4, steps=70), crops, tmp_path)
        assert history[0].initial_phase
        assert history[0].multiplier == 20
        assert not history[-1].initial_phase
        assert history[-1].multiplier < 10
        assert history[-1].rms_error < 0.4

    def test_the_mean_descriptor_is_that_of_the_clean_crops(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        model, _ = train(settings(), crops, tmp_path)
        assert not model.training
        images = torch.tensor(crops).permute(0, 3, 1, 2) / 255
        with torch.no_grad():
            expected = model.encode(images).mean(0)
        torch.testing.assert_close(model.latent_mean, expected, atol=1e-5, rtol=1e-4)

    def test_same_seed_same_weights(self, crops: Crops, tmp_path: Path) -> None:
        one, _ = train(settings(), crops, tmp_path / "one")
        torch.rand(5)
        two, _ = train(settings(), crops, tmp_path / "two")
        other, _ = train(settings(seed=1), crops, tmp_path / "other")
        assert same_weights(one, two)
        assert not same_weights(one, other)

    def test_bfloat16_is_for_training_only(self, crops: Crops, tmp_path: Path) -> None:
        model, history = train(settings(bfloat16=True), crops, tmp_path)
        assert not model.encoder.in_bfloat16
        assert all(math.isfinite(progress.reconstruction) for progress in history)

    def test_learning_rate_warms_up_and_ends_at_zero(self, crops: Crops, tmp_path: Path) -> None:
        trainer = Trainer(settings(steps=100, warm_up=10, learning_rate=1e-3), crops)
        adam = trainer.optimisation.optimizer
        rates: list[float] = []
        trainer.run(tmp_path, lambda _: rates.append(adam.param_groups[0]["lr"]))
        assert rates[0] == pytest.approx(1e-4)
        assert max(rates) == pytest.approx(1e-3, rel=0.05)
        assert rates[50] == pytest.approx(0.5e-3, rel=0.03)
        assert rates[-1] < 1e-6


class TestStart:
    def test_the_isometric_decoder_starts_at_the_principal_subspace(self, crops: Crops) -> None:
        trainer = Trainer(settings(architecture="tiny-isometric"), crops)
        flat = crops.reshape(48, -1) / 255
        images = torch.tensor(flat, dtype=torch.float32)
        bias = trainer.model.decoder.linear.bias.detach()
        # Crops are (H, W, 3), images (3, H, W).
        expected = images.mean(0).view(8, 8, 3).permute(2, 0, 1).flatten()
        torch.testing.assert_close(bias, expected, atol=1e-5, rtol=1e-4)
        flatness, _ = flatness_of_metric(metric_tensor(trainer.model.decoder, torch.randn(6, 4)))
        assert flatness.item() < 1e-5

    def test_a_code_has_unit_variance_at_the_starting_scale(self, crops: Crops) -> None:
        trainer = Trainer(settings(architecture="tiny-isometric"), crops)
        _, c_squared = flatness_of_metric(metric_tensor(trainer.model.decoder, torch.zeros(1, 4)))
        variance = (crops / 255).reshape(48, -1).var(axis=0).sum()
        # The variance is divided by four latents: c^2 = variance / Nz.
        assert c_squared.item() == pytest.approx(variance / 4, rel=1e-3)


def test_a_run_is_a_training_whose_latents_are_centred(crops: Crops, tmp_path: Path) -> None:
    trained = Trainer(settings(), crops).train(tmp_path / "trained", ignore)
    assert not trained.latent_mean.any()
    centred, _ = train(settings(), crops, tmp_path / "run")
    with torch.no_grad():
        images = torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 255
        trained.latent_mean.copy_(trained.encode(images).mean(0))
    torch.testing.assert_close(trained.state_dict(), centred.state_dict())
    # A run that continues from a finished training only centres the latents.
    assert same_weights(Trainer(settings(), crops).run(tmp_path / "trained", ignore), centred)


class TestInitialPhase:
    """In these runs a kappa of 0.001 is never met, and a kappa of 1 is met by the first batch."""

    def test_the_prior_is_not_trained_until_the_constraint_is_met(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        start = Trainer(settings(), crops).model
        model, history = train(settings(kappa=1e-3, steps=4), crops, tmp_path)
        assert history[-1].initial_phase
        assert same_weights(model.prior, start.prior)
        assert not same_weights(model.encoder, start.encoder)
        assert not same_weights(model.decoder, start.decoder)

    def test_the_prior_is_trained_after_the_initial_phase(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        start = Trainer(settings(), crops).model
        model, history = train(settings(kappa=1, steps=4), crops, tmp_path)
        assert not history[0].initial_phase
        for name, value in model.prior.named_parameters():
            assert not torch.equal(value, start.prior.get_parameter(name)), name

    def test_lambda_does_not_change(self, crops: Crops, tmp_path: Path) -> None:
        _, history = train(settings(kappa=1e-3), crops, tmp_path)
        assert {progress.multiplier for progress in history} == {20}


class TestFlatness:
    @pytest.mark.parametrize("architecture", ["tiny", "tiny-isometric"])
    def test_beta_makes_the_latent_space_flatter(
        self, crops: Crops, tmp_path: Path, architecture: str
    ) -> None:
        curved, flat = (
            self.measure(crops, settings(architecture=architecture, beta=beta, steps=80), folder)
            for beta, folder in ((0, tmp_path / "0"), (1000, tmp_path / "1000"))
        )
        assert flat < 0.5 * curved

    @staticmethod
    def measure(crops: Crops, chosen: Settings, folder: Path) -> float:
        """Return R from all columns of J at the encoded crops."""
        model, _ = train(chosen, crops, folder)
        with torch.no_grad():
            z = model.encode(torch.tensor(crops).permute(0, 3, 1, 2) / 255)
            return flatness_of_metric(metric_tensor(model.decoder, z))[0].item()


class Killed(BaseException):
    """Stands for SIGKILL: no code catches it."""


def kill_at(step: int, then: Callable[[], None] = lambda: None) -> Callable[[Progress], None]:
    """Return a report function that ends the run after that step, before its checkpoint."""

    def report(progress: Progress) -> None:
        if progress.step == step:
            then()
            raise Killed

    return report


@pytest.mark.usefixtures("short_memory")
class TestResuming:
    # This kappa is met about half way, so the interruptions fall before, at and after the end of
    # the initial phase, and while the weight of the bound rises.
    CHOSEN = settings(kappa=0.68, steps=12)

    @pytest.mark.parametrize("step", [1, 2, 5, 8, 12])
    def test_ends_like_an_uninterrupted_run(self, crops: Crops, tmp_path: Path, step: int) -> None:
        whole, history = train(self.CHOSEN, crops, tmp_path / "whole")
        assert history[2].initial_phase
        assert not history[8].initial_phase
        folder = tmp_path / "killed"
        with pytest.raises(Killed):
            Trainer(self.CHOSEN, crops).run(folder, kill_at(step), checkpoint_every=0)
        resumed, rest = train(self.CHOSEN, crops, folder)
        assert [progress.step for progress in rest] == list(range(step, 13))
        assert same_weights(resumed, whole)
        assert rest == history[step - 1 :]
        assert (folder / "log.csv").read_text() == (tmp_path / "whole/log.csv").read_text()

    def test_steps_after_the_last_checkpoint_are_taken_and_logged_again(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        whole, _ = train(self.CHOSEN, crops, tmp_path / "whole")
        folder = tmp_path / "killed"
        checkpoint, older = folder / "checkpoint.pt", tmp_path / "older.pt"
        with pytest.raises(Killed):
            # After step 5 the checkpoint on disk is still that of step 4.
            Trainer(self.CHOSEN, crops).run(
                folder, kill_at(5, lambda: shutil.copy(checkpoint, older)), checkpoint_every=0
            )
        with pytest.raises(Killed):
            Trainer(self.CHOSEN, crops).run(folder, kill_at(9), checkpoint_every=0)
        shutil.copy(older, checkpoint)
        resumed, rest = train(self.CHOSEN, crops, folder)
        assert rest[0].step == 5
        assert same_weights(resumed, whole)
        assert (folder / "log.csv").read_text() == (tmp_path / "whole/log.csv").read_text()

    def test_resuming_a_finished_run_changes_nothing(self, crops: Crops, tmp_path: Path) -> None:
        whole, _ = train(self.CHOSEN, crops, tmp_path)
        log = (tmp_path / "log.csv").read_text()
        names = {path.name for path in tmp_path.iterdir()}
        assert "sheet.png" in names
        again, history = train(self.CHOSEN, crops, tmp_path)
        assert history == []
        assert same_weights(again, whole)
        assert (tmp_path / "log.csv").read_text() == log
        assert {path.name for path in tmp_path.iterdir()} == names

    def test_the_log_has_one_row_per_step(self, crops: Crops, tmp_path: Path) -> None:
        _, history = train(self.CHOSEN, crops, tmp_path)
        with (tmp_path / "log.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [int(row["step"]) for row in rows] == list(range(1, 13))
        for row, progress in zip(rows, history, strict=True):
            for name in ("reconstruction", "bound", "multiplier", "flatness"):
                assert float(row[name]) == pytest.approx(getattr(progress, name), rel=1e-5)
            assert row["initial_phase"] == str(progress.initial_phase)

    def test_the_log_is_the_same_to_the_byte(self, crops: Crops, tmp_path: Path) -> None:
        train(self.CHOSEN, crops, tmp_path / "whole")
        with pytest.raises(Killed):
            Trainer(self.CHOSEN, crops).run(tmp_path / "killed", kill_at(6), checkpoint_every=0)
        train(self.CHOSEN, crops, tmp_path / "killed")
        logs = [(tmp_path / run / "log.csv").read_bytes() for run in ("whole", "killed")]
        assert logs[0] == logs[1]

    def test_equally_many_other_crops_are_refused(self, crops: Crops, tmp_path: Path) -> None:
        train(settings(), crops, tmp_path)
        with pytest.raises(TrainingError, match=r"checkpoint\.pt.*crops"):
            train(settings(), 255 - crops, tmp_path)

    def test_the_error_names_a_damaged_checkpoint(self, crops: Crops, tmp_path: Path) -> None:
        (tmp_path / "checkpoint.pt").write_bytes(b"cut short")
        with pytest.raises(TrainingError, match=r"checkpoint\.pt"):
            train(settings(), crops, tmp_path)

    def test_no_value_of_a_checkpoint_is_trusted(self, crops: Crops, tmp_path: Path) -> None:
        train(settings(steps=3), crops, tmp_path)
        path = tmp_path / "checkpoint.pt"
        right = torch.load(path, weights_only=True)
        averages = right["optimizer"]["state"]
        wrong = [None, [], {}, "word", -1, 10**9, float("nan"), [right], torch.zeros(2, 3)]
        states = [
            *([], [right], "state", 7, torch.zeros(3)),
            *(
                {**right, name: value}
                for name in right
                for value in wrong
                # None is right if the constraint has not been met.
                if not (name == "constraint_met_at" and value is None)
            ),
            {**right, "constraint": {**right["constraint"], "multiplier": "large"}},
            {**right, "model": {**right["model"], "latent_mean": torch.zeros(1)}},
            {
                **right,
                "optimizer": {
                    **right["optimizer"],
                    "state": {**averages, 0: {**averages[0], "exp_avg": torch.zeros(1, 1)}},
                },
            },
        ]
        for state in states:
            torch.save(state, path)
            with pytest.raises(TrainingError, match=r"checkpoint\.pt (is damaged|belongs to)"):
                train(settings(steps=3), crops, tmp_path)

    @pytest.mark.parametrize(
        "changes",
        [{"seed": 1}, {"steps": 13}, {"beta": 11.0}, {"architecture": "tiny-isometric"}],
    )
    def test_other_settings_are_refused(self, crops: Crops, tmp_path: Path, changes: dict) -> None:
        train(settings(), crops, tmp_path)
        log = (tmp_path / "log.csv").read_text()
        with pytest.raises(TrainingError, match=r"checkpoint\.pt.*other settings"):
            train(settings(**changes), crops, tmp_path)
        assert (tmp_path / "log.csv").read_text() == log

    def test_fewer_crops_are_refused(self, crops: Crops, tmp_path: Path) -> None:
        train(settings(), crops, tmp_path)
        with pytest.raises(TrainingError, match=r"checkpoint\.pt.*crops"):
            train(settings(), crops[1:], tmp_path)


class TestRefusals:
    def test_too_few_crops_for_a_batch(self, crops: Crops) -> None:
        with pytest.raises(TrainingError, match=r"15 crops are too few.*16"):
            Trainer(settings(), crops[:15])

    def test_too_few_crops_for_the_latent_space(
        self, crops: Crops, monkeypatch: pytest.MonkeyPatch, tiny: Architecture
    ) -> None:
        wide = dataclasses.replace(tiny, latent_size=20)
        monkeypatch.setitem(ARCHITECTURES, "wide", wide)
        with pytest.raises(TrainingError, match=r"39 crops are too few.*40"):
            Trainer(settings(architecture="wide"), crops[:39])

    def test_no_crops(self) -> None:
        with pytest.raises(TrainingError, match="0 crops"):
            Trainer(settings(), np.empty((0, 8, 8, 3), np.uint8))

    @pytest.mark.parametrize("shape", [(48, 16, 16, 3), (48, 8, 4, 3), (48, 3, 8, 8), (48, 8, 8)])
    def test_crops_of_another_size(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(TrainingError, match=r"not \(8, 8, 3\)"):
            Trainer(settings(), np.zeros(shape, np.uint8))


class TestNotFinite:
    def test_an_absurd_learning_rate(self, crops: Crops, tmp_path: Path) -> None:
        chosen = settings(learning_rate=1e30)
        with pytest.raises(
            TrainingError, match=r"not finite at step \d+.*learning rate \(1e\+30\)"
        ):
            train(chosen, crops, tmp_path)

    def test_a_gradient_that_is_not_finite_never_reaches_the_weights(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        trainer = Trainer(settings(), crops)
        bias = trainer.model.decoder.network.expand.bias
        bias.register_hook(lambda gradient: gradient * math.nan)
        with pytest.raises(TrainingError, match="not finite"):
            trainer.run(tmp_path, ignore, checkpoint_every=0)
        assert torch.isfinite(bias).all()
        assert not (tmp_path / "checkpoint.pt").exists()

    def test_broken_weights(self, crops: Crops, tmp_path: Path) -> None:
        trainer = Trainer(settings(), crops)
        with torch.no_grad():
            trainer.model.decoder.network.expand.weight.fill_(math.nan)
        with pytest.raises(TrainingError, match="not finite at step 0"):
            trainer.run(tmp_path, ignore)
        assert not (tmp_path / "checkpoint.pt").exists()


def test_crops_may_be_a_read_only_memory_map(crops: Crops, tmp_path: Path) -> None:
    np.save(tmp_path / "crops.npy", crops)
    mapped = np.load(tmp_path / "crops.npy", mmap_mode="r")
    model, _ = train(settings(), mapped, tmp_path / "mapped")
    expected, _ = train(settings(), crops, tmp_path / "memory")
    assert same_weights(model, expected)


def test_encode_all_does_not_depend_on_the_batch(crops: Crops) -> None:
    trainer = Trainer(settings(), crops)
    np.testing.assert_allclose(trainer.encode_all(5), trainer.encode_all(), atol=1e-5)
    assert trainer.encode_all().shape == (48, 4)


def test_without_warm_up(crops: Crops, tmp_path: Path) -> None:
    _, history = train(settings(kappa=1, warm_up=0, steps=3), crops, tmp_path)
    assert len(history) == 3


class TestMeasure:
    def test_the_error_on_all_crops_as_they_are(self, crops: Crops) -> None:
        trainer = Trainer(settings(kappa=0.2), crops)
        with torch.no_grad():
            # The decoder always returns mid-grey.
            trainer.model.decoder.network.last.weight.zero_()
            trainer.model.decoder.network.last.bias.fill_(0.5)
        expected = math.sqrt(np.mean((crops / 255 - 0.5) ** 2))
        measured = trainer.measure()
        assert measured.rms_error == pytest.approx(expected, rel=1e-5)
        assert measured.reconstruction == pytest.approx(96 * (expected / 0.2) ** 2, rel=1e-4)
        assert (measured.step, measured.initial_phase, measured.multiplier) == (0, True, 20)

    def test_does_not_change_the_model_and_repeats_exactly(self, crops: Crops) -> None:
        trainer, untouched = (Trainer(settings(), crops) for _ in range(2))
        assert trainer.measure(batch_size=20) == trainer.measure(batch_size=20)
        assert same_weights(trainer.model, untouched.model)


class TestChosenStart:
    @pytest.mark.parametrize(
        ("architecture", "beta", "expected"),
        [
            ("tiny-isometric", 10.0, "principal"),
            ("tiny-isometric", 0.0, "pytorch"),
            ("tiny", 10.0, "pytorch"),
        ],
    )
    def test_an_explicit_start_is_the_usual_one(
        self, crops: Crops, tmp_path: Path, architecture: str, beta: float, expected: str
    ) -> None:
        usual = settings(architecture=architecture, beta=beta)
        explicit = dataclasses.replace(usual, start=expected)
        assert chosen_start(usual) == expected
        one, _ = train(usual, crops, tmp_path / "one")
        other, _ = train(explicit, crops, tmp_path / "other")
        assert same_weights(one, other)

    @pytest.mark.parametrize("beta", [0.0, 10.0])
    def test_the_start_does_not_depend_on_beta(self, crops: Crops, beta: float) -> None:
        principal = Trainer(settings(beta=beta, start="principal"), crops).model
        assert principal.decoder.linear is not None
        random = Trainer(settings(beta=beta, start="random", architecture="tiny-isometric"), crops)
        assert random.model.decoder.linear is None

    def test_a_bypass_starts_as_a_random_isometry_beside_a_network(self, crops: Crops) -> None:
        model = Trainer(settings(start="bypass", beta=0.0), crops).model
        weight = model.decoder.linear.weight.detach()
        gram = weight.T @ weight
        torch.testing.assert_close(gram, gram[0, 0] * torch.eye(len(gram)), atol=1e-4, rtol=0)
        assert model.decoder.network.last.weight.abs().max() > 0
        assert model.normaliser is not None

    def test_a_random_start_learns_with_a_limited_flatness_term(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        chosen = settings(
            start="random", beta=1e4, steps=150, flatness_warm_up=10, flatness_limit=1.0
        )
        _, history = train(chosen, crops, tmp_path)
        assert history[-1].rms_error < 0.8 * history[0].rms_error
        assert history[-1].c_squared > history[10].c_squared / 30

    def test_a_limit_that_is_never_reached_changes_only_rounding(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        free, _ = train(settings(steps=1), crops, tmp_path / "free")
        limited, _ = train(settings(steps=1, flatness_limit=1e9), crops, tmp_path / "limited")
        for name, value in free.state_dict().items():
            torch.testing.assert_close(limited.state_dict()[name], value, atol=1e-4, rtol=1e-3)

    def test_checkpoints_without_the_later_settings_resume(
        self, crops: Crops, tmp_path: Path
    ) -> None:
        trained, _ = train(settings(), crops, tmp_path)
        path = tmp_path / "checkpoint.pt"
        state = torch.load(path, weights_only=True)
        for name in ("start", "flatness_warm_up", "flatness_limit"):
            del state["settings"][name]
        for name in ("printed_norm", "bounded_flatness"):
            del state["settings"]["constants"][name]
        torch.save(state, path)
        again, history = train(settings(), crops, tmp_path)
        assert history == []
        assert same_weights(trained, again)
        with pytest.raises(TrainingError, match="belongs to a run with other settings"):
            train(settings(start="random"), crops, tmp_path)


def test_the_closed_form_is_a_flat_descriptor_without_any_step(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tracklets = np.repeat(np.arange(20), 5)
    side = ARCHITECTURES["tiny-isometric"].image_size
    people = rng.integers(40, 216, (20, side, side, 3))[tracklets]
    crops = (people + rng.integers(-9, 10, people.shape)).astype(np.uint8)
    closed = settings(
        architecture="tiny-isometric", covariance="nuisance", start="closed", steps=0, seed=1
    )
    trainer = Trainer(closed, crops, tracklets)
    model = trainer.run(tmp_path, ignore)
    assert trainer.step == 0
    assert (tmp_path / "sheet.png").is_file()
    with torch.no_grad():
        latents = torch.from_numpy(trainer.encode_all())
        assert flatness_of_metric(metric_tensor(model.decoder, latents[:4]))[0] < 1e-6
    distances = torch.cdist(latents, latents)
    same = torch.from_numpy(tracklets[:, None] == tracklets)
    assert distances[same].max() < distances[~same].min()


def test_the_closed_form_needs_tracklets(tmp_path: Path) -> None:
    crops = np.zeros((40, 16, 16, 3), np.uint8)
    chosen = settings(architecture="tiny-isometric", start="closed")
    with pytest.raises(TrainingError, match="closed needs the nuisance covariance"):
        Trainer(chosen, crops)
