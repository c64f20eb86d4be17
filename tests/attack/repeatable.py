"""Draws that a seed repeats, for attacks that go on after a fault."""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, seed, settings

MOST_FINDINGS = 5
"""Findings that one batch keeps: one fault is found again and again."""

Test = Callable[..., None]


def repeatable(number: int, count: int) -> Callable[[Test], Test]:
    """Return a decorator of a property: it is tried `count` times, on the draws of a seed."""

    def decorate(test: Test) -> Test:
        fixed = settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        return seed(number)(fixed(test))

    return decorate
