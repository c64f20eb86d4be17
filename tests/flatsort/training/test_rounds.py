"""How rounds share the steps; the tests of the train command run the rounds themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.training.rounds import steps_of_rounds


@pytest.mark.parametrize(
    ("steps", "rounds", "shares"),
    [
        (6, 1, [6]),
        # One third and two thirds; the last round gets the remainder.
        (4500, 2, [1500, 3000]),
        (10, 2, [3, 7]),
        (12, 3, [3, 3, 6]),
    ],
)
def test_the_last_round_has_two_shares(steps, rounds, shares):
    assert steps_of_rounds(steps, rounds) == shares


@given(st.integers(1, 10_000), st.integers(1, 9))
def test_every_round_has_a_step_and_no_step_is_lost(steps, rounds):
    shares = steps_of_rounds(steps, rounds)
    assert len(shares) == rounds
    assert min(shares) >= 1
    assert sum(shares) == max(steps, rounds)
