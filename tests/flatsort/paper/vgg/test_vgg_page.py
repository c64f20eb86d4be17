"""The page on vgg16, from hand-made rows."""

import pytest

from flatsort.paper.vgg.run_vgg import Row, VggRequest
from flatsort.paper.vgg.three_betas import Job
from flatsort.paper.vgg.training_curve import Curve
from flatsort.paper.vgg.vgg_figures import Measured
from flatsort.paper.vgg.vgg_page import write_page


def row(beta: float, architecture: str = "vgg16", **changes: object) -> Row:
    error, flatness = changes.pop("error", 0.1), changes.pop("flatness", 0.01)
    risen, last = changes.pop("c_squared", (4.0, 4.0))
    facts = {
        "job": Job(architecture, beta, 600, 1e-3),
        "seconds_per_step": 0.5,
        "kappa": 0.12,
        "met_at": 300,
        "multiplier": 1.0,
        "crops": 1000,
        "measured": Measured(error, flatness, 1.2, 1.5, 0.1, 0.2),
        "plane_error": 0.09,
        "curve": Curve(
            [300, 600], [0.3, 0.2], [0.2, 0.1], [5.0, 4.0], 0.5, 0.11, 300.0, risen, last
        ),
    }
    return Row(**{**facts, **changes})


@pytest.fixture
def write(make_sequence, tmp_path):
    """Return a function that writes a page with rows of one network and returns its text."""
    request = VggRequest((make_sequence(images=False),), "det.txt", (), tmp_path)

    def call(*rows: Row) -> str:
        page = write_page(tmp_path / "docs", request, rows)
        assert (page.parent / "vgg16.png").stat().st_size > 1000
        return page.read_text()

    return call


def test_every_goal_is_reached(write):
    text = write(row(0), row(300, error=0.114), row(3000, c_squared=(6.0, 2.1)))
    assert text.count(": reached.") == 3
    # .1 beside .09.
    assert "beside that of the principal subspace: +11%." in text
    assert "+14.0%" in text
    # 2.1 / 6.
    assert "a factor of 0.35 in the training" in text


@pytest.mark.parametrize(
    "rows",
    [
        (row(0), row(300, error=0.116), row(3000)),
        (row(0), row(300), row(3000, flatness=0.05)),
        (row(0, c_squared=(6.1, 2.0)), row(300), row(3000)),
        (row(0), row(300, c_squared=(2.0, 6.1)), row(3000)),
    ],
)
def test_each_goal_can_be_missed(write, rows):
    text = write(*rows)
    assert text.count(": reached.") == 2
    assert text.count(": missed.") == 1


def test_an_untrained_prior_has_no_figures(write):
    text = write(row(0, met_at=None), row(300), row(3000))
    (line,) = (line for line in text.splitlines() if "never met" in line and "|" in line)
    assert [cell.strip() for cell in line.split("|")].count("-") == 1
    assert "not trained" in line


def test_the_minutes_are_those_of_all_steps(write):
    # 600 steps of half a second.
    (line, *_) = (
        line for line in write(row(0), row(300), row(3000)).splitlines() if "met at" in line
    )
    assert line.rstrip(" |").endswith(" 5")


def test_each_network_has_its_table(write):
    rows = [row(beta, name) for name in ("vgg16-slim", "vgg16") for beta in (0, 300, 3000)]
    text = write(*rows)
    assert text.index("## `vgg16`:") < text.index("## `vgg16-slim`:")
    assert text.count(": reached.") == 6
