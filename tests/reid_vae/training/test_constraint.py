"""The update of lambda, case by case."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.reid_vae.training.constraint import ConstraintMultiplier, direction

TAU = 100.0


def trained(multiplier: float, **settings: float) -> ConstraintMultiplier:
    """Return a multiplier after its initial phase, without smoothing over batches."""
    return ConstraintMultiplier(
        kappa_squared=10.0,
        multiplier=multiplier,
        initial_phase=False,
        **{"smoothing": 0.0, **settings},
    )


class TestDirection:
    """f(beta, delta; tau) with beta = 1 / lambda; the update adds nu f delta to log beta."""

    @pytest.mark.parametrize("beta", [0.1, 1.0, 5.0])
    def test_violated(self, beta: float) -> None:
        assert direction(beta, 0.5, TAU) == -1

    def test_satisfied(self) -> None:
        assert direction(0.99, -0.5, TAU) == pytest.approx(math.tanh(-1))
        assert direction(1.01, -0.5, TAU) == pytest.approx(math.tanh(1))
        assert direction(1.0, -0.5, TAU) == 0


@pytest.mark.parametrize(
    ("multiplier", "reconstruction", "grows"),
    [
        (20.0, 10.01, True),  # violated, beta below 1
        (0.5, 10.01, True),  # violated, beta above 1
        (20.0, 9.99, False),  # satisfied, beta below 1: towards 1
        (0.5, 9.99, True),  # satisfied, beta above 1: towards 1
    ],
)
def test_the_four_cases(multiplier: float, reconstruction: float, grows: bool) -> None:
    constraint = trained(multiplier)
    constraint.update(reconstruction)
    # |delta| = 0.01 and tanh is saturated, so the factor is exp(0.01) or exp(-0.01).
    expected = multiplier * math.exp(0.01 if grows else -0.01)
    assert constraint.multiplier == pytest.approx(expected, rel=1e-6)


def test_lambda_stays_at_1_while_satisfied() -> None:
    constraint = trained(1.0)
    constraint.update(9.0)
    assert constraint.multiplier == 1


def test_lambda_does_not_change_when_the_constraint_is_met_exactly() -> None:
    constraint = trained(7.0)
    constraint.update(10.0)
    assert constraint.multiplier == 7


@pytest.mark.parametrize("start", [20.0, 0.3])
def test_falls_or_rises_to_1_while_satisfied(start: float) -> None:
    # tau nu |delta| = 0.5: near 1, where tanh is linear, each step halves the distance to 1.
    constraint = trained(start, nu=0.5)
    history = [start]
    for _ in range(900):
        constraint.update(9.99)
        history.append(constraint.multiplier)
    assert history == sorted(history, reverse=start > 1)
    assert history[-1] == pytest.approx(1, abs=1e-3)


def test_grows_exponentially_while_violated() -> None:
    constraint = trained(1.0)
    history = []
    for _ in range(100):
        constraint.update(10.02)
        history.append(constraint.multiplier)
    assert history == sorted(history)
    assert history[-1] == pytest.approx(math.exp(100 * 0.02), rel=1e-6)


def test_delta_is_divided_by_the_unit() -> None:
    # Twelve nats above the bound are 0.01 nats per value for 1,200 values.
    constraint = trained(2.0, unit=1200.0)
    constraint.update(22.0)
    assert constraint.multiplier == pytest.approx(2 * math.exp(0.01))


@pytest.mark.parametrize("reconstruction", [1e9, -1e9])
def test_one_bad_batch_changes_lambda_by_a_ninth_at_most(reconstruction: float) -> None:
    constraint = trained(20.0)
    constraint.update(reconstruction)
    assert 0.9 <= constraint.multiplier / 20 <= 1 / 0.9 + 1e-9
    assert constraint.multiplier != 20


def test_lambda_does_not_overflow() -> None:
    constraint = trained(9.9e7)
    for _ in range(5):
        constraint.update(1e9)
    assert constraint.multiplier == 1e8


@given(
    st.floats(1e-3, 1e3),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30),
)
def test_lambda_is_always_positive_and_finite(start: float, batches: list[float]) -> None:
    constraint = trained(start)
    for reconstruction in batches:
        constraint.update(reconstruction)
        assert 0 < constraint.multiplier < math.inf


class TestMovingAverage:
    def test_by_hand(self) -> None:
        constraint = ConstraintMultiplier(kappa_squared=0.0, smoothing=0.9)
        averages = []
        for reconstruction in (10.0, 20.0, 0.0):
            constraint.update(reconstruction)
            averages.append(constraint.moving_average)
        # The first average is the first batch; then 0.9 * 10 + 0.1 * 20 = 11, 0.9 * 11 + 0 = 9.9.
        assert averages == pytest.approx([10, 11, 9.9])

    def test_one_good_batch_does_not_end_the_initial_phase(self) -> None:
        constraint = ConstraintMultiplier(kappa_squared=10.0, smoothing=0.9)
        constraint.update(20.0)
        constraint.update(0.0)  # the moving average is 18
        assert constraint.initial_phase


class TestInitialPhase:
    def test_lambda_is_constant_in_the_phase_and_the_phase_never_returns(self) -> None:
        constraint = ConstraintMultiplier(kappa_squared=10.0, multiplier=20.0, smoothing=0.0)
        phases, multipliers = [], []
        for reconstruction in (12.0, 11.0, 9.0, 9.0, 50.0, 9.0):
            constraint.update(reconstruction)
            phases.append(constraint.initial_phase)
            multipliers.append(constraint.multiplier)
        assert phases == [True, True, False, False, False, False]
        assert multipliers[:3] == [20, 20, 20]
        assert multipliers[3] < 20
        assert multipliers[4] > multipliers[3]

    def test_ends_when_the_bound_is_just_met(self) -> None:
        constraint = ConstraintMultiplier(kappa_squared=10.0)
        constraint.update(10.0)
        assert not constraint.initial_phase


def test_a_restored_state_continues_identically() -> None:
    constraint = ConstraintMultiplier(kappa_squared=10.0, unit=7.0, nu=0.5, tau=50.0)
    for reconstruction in (12.0, 5.0, 4.0):
        constraint.update(reconstruction)
    restored = ConstraintMultiplier(**constraint.state())
    assert restored == constraint
    restored.update(30.0)
    constraint.update(30.0)
    assert restored == constraint
