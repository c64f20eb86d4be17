"""What flatness buys: decoders with known geodesics, hand-made draws, and the page's words."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.flat_crops import main
from benchmarks.flat_crops_bootstrap import (
    Draw,
    FootageMeans,
    FootagePairs,
    Interval,
    SharedMeans,
    difference,
    interval,
)
from benchmarks.flat_crops_crops import ChosenCrops
from benchmarks.flat_crops_departure import departures
from benchmarks.flat_crops_figures import COLUMNS
from benchmarks.flat_crops_measures import measure_lines, neighbours, rank_correlation, recall
from benchmarks.flat_crops_page import make_page
from benchmarks.flat_crops_runs import (
    EUCLIDEAN,
    OWN,
    REPLICATES,
    Cost,
    Measured,
    ReplicatedPairs,
    Sizes,
)
from benchmarks.flat_crops_text import plane_text
from benchmarks.flat_linking_footage import SCENES
from benchmarks.flat_linking_measures import TrackletPairs
from flatsort.files.paths import SHIPPED_WEIGHTS
from tests.reid_vae.surfaces import cylinder, polar, sphere

QUERIES = np.array([0, 3])
ANYTHING = (-math.inf, math.inf)


def test_a_linear_decoder_has_straight_geodesics_and_even_steps():
    torch.manual_seed(0)
    latents = torch.randn(12, 3, dtype=torch.float64)
    # An isometry times 2, from 3 to 5 values.
    frame = 2 * torch.linalg.qr(torch.randn(5, 3, dtype=torch.float64))[0]
    lines = measure_lines(lambda z: z @ frame.T, latents, QUERIES)
    np.testing.assert_allclose(lines.straight, 2 * lines.euclidean, atol=1e-9)
    np.testing.assert_allclose(lines.geodesic, lines.straight, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(lines.chord, lines.straight, atol=1e-9)
    np.testing.assert_allclose(lines.unevenness, 0, atol=1e-6)
    nearest = neighbours(latents.numpy(), QUERIES, 5)
    np.testing.assert_array_equal(recall(nearest, lines.geodesic, QUERIES), 1)
    np.testing.assert_allclose(rank_correlation(lines.euclidean, lines.geodesic, QUERIES), 1)
    # A descent of P points decodes them at least twice; the line itself is not counted.
    assert lines.decoded_points >= 2 * 33


def test_a_straight_line_in_polar_coordinates_is_an_arc():
    # From (r, phi) = (1, 0) to (1, pi / 2): an arc of pi / 2, and its chord is the geodesic.
    latents = torch.tensor([[1, 0], [1, math.pi / 2]], dtype=torch.float64)
    lines = measure_lines(polar, latents, np.array([0]))
    assert lines.straight[0, 1] == pytest.approx(math.pi / 2, rel=1e-3)
    assert lines.geodesic[0, 1] == pytest.approx(math.sqrt(2), rel=1e-3)
    assert lines.chord[0, 1] == pytest.approx(math.sqrt(2))
    # The arc has constant speed.
    assert lines.unevenness[0, 1] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(
        lines.midpoints[0, 1], [math.cos(math.pi / 4), math.sin(math.pi / 4)], atol=1e-9
    )


def test_a_line_on_a_sphere_is_longer_than_its_great_circle():
    # Along the parallel at 45 degrees: sin(45) R pi to the opposite side, over the pole R pi / 2.
    ends = torch.tensor([[math.pi / 4, 0], [math.pi / 4, math.pi / 2]], dtype=torch.float64)
    lines = measure_lines(sphere, ends, np.array([0]))
    parallel = 2 * math.sin(math.pi / 4) * math.pi / 2
    # Unit vectors at right angles in longitude: cos(angle) = cos^2(45 degrees).
    great_circle = 2 * math.acos(0.5)
    assert lines.straight[0, 1] == pytest.approx(parallel, rel=1e-3)
    assert lines.geodesic[0, 1] == pytest.approx(great_circle, rel=1e-3)
    assert lines.chord[0, 1] == pytest.approx(2)


def test_a_flat_decoder_that_bends_has_straight_geodesics_and_shorter_chords():
    latents = torch.tensor([[0, 0], [math.pi, 1]], dtype=torch.float64)
    lines = measure_lines(cylinder, latents, np.array([0]))
    length = math.sqrt(math.pi**2 + 1)
    assert lines.straight[0, 1] == pytest.approx(length, rel=1e-3)
    assert lines.geodesic[0, 1] == pytest.approx(length, rel=1e-3)
    # Opposite sides are 2 apart, and the height differs by 1.
    assert lines.chord[0, 1] == pytest.approx(math.sqrt(5))


def test_uneven_steps_of_a_squared_line():
    # f(z) = z^2 from 0 to 1 in 32 steps: the k-th step is (2 k - 1) / 32^2. The mean is 1 / 32, the
    # variance (4 / 32^4) (32^2 - 1) / 12.
    latents = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    lines = measure_lines(lambda z: z**2, latents, np.array([0]))
    assert lines.unevenness[0, 1] == pytest.approx(math.sqrt((32**2 - 1) / 3) / 32)


def test_recall_counts_the_neighbours_that_both_distances_name():
    lengths = np.array([[0.0, 1.0, 2.0, 3.0, 4.0]])
    # By length, 1 and 2 are nearest; the other distance names 2 and 4.
    assert recall(np.array([[2, 4]]), lengths, np.array([0])) == [0.5]


def test_the_query_itself_is_no_neighbour():
    latents = np.array([[0.0], [1.0], [3.0], [3.0]], np.float32)
    # The crops 2 and 3 are equal, so either may come first in the tree's answer.
    assert neighbours(latents, np.array([0, 2, 3]), 1).tolist() == [[1], [3], [2]]


def test_midpoints_beside_the_data_have_departed():
    # The data lie on the plane's x axis. Both ends lie 1 above it, the midpoint 3 above.
    real = torch.tensor([[-2.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 0.0]])
    decoded = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
    chosen = ChosenCrops(
        rows=np.array([0, 1]),
        queries=np.array([0]),
        people=np.array([7, 8]),
        real_rows=np.arange(5),
        real_people=np.array([7, 7, 8, 8, 9]),
    )
    lines = measure_lines(lambda z: decoded[z[:, 0].long()], torch.zeros(2, 1), np.array([0]))
    lines.midpoints[0, 1] = [0.0, 3.0]
    left = departures(lines, decoded, real, chosen, directions=1)
    assert left["subspace"] == pytest.approx(3)
    # Of a third person there is (0, 0) only: 3 from the midpoint, sqrt(2) from each end.
    assert left["nearest crop"] == pytest.approx(3 / math.sqrt(2))


def test_draws_choose_trainings_footages_and_replicates():
    # Training t, footage f and replicate r give 100 t + 10 f + r.
    t, f, r = np.meshgrid(np.arange(2), np.arange(3), np.arange(-1, 2), indexing="ij")
    means = FootageMeans((100 * t + 10 * f + r).astype(float))
    # The values themselves stand at r = -1.
    assert means.estimate() == pytest.approx(50 + 10 - 1)
    draw = Draw(np.array([0.9, 0.6]), np.array([2, 2, 1]), np.array([1, 0, 0]))
    # Training 1 twice: 50 above the mean of both, times sqrt(2 / 1).
    assert means.drawn(draw) == pytest.approx(50 + 50 * math.sqrt(2) + (21 + 20 + 10) / 3)


def test_draws_of_trainings_have_the_variance_of_their_mean():
    # The unbiased variance of 0, 0 and 3 is 3, and that of their mean 1.
    values = np.array([0.0, 0.0, 3.0]).reshape(3, 1, 1).repeat(2, axis=2)
    random = np.random.default_rng(0)
    nothing = np.zeros(1, np.intp)
    drawn = [
        FootageMeans(values).drawn(Draw(random.random(3), nothing, nothing)) for _ in range(20_000)
    ]
    assert np.mean(drawn) == pytest.approx(1, abs=0.03)
    assert np.var(drawn) == pytest.approx(1, rel=0.03)


def test_a_threshold_is_never_carried_to_the_footage_it_comes_from():
    losses = np.arange(9.0).reshape(1, 1, 3, 3).repeat(2, axis=1)
    pairs = FootagePairs(losses)
    assert pairs.estimate() == pytest.approx((1 + 2 + 3 + 5 + 6 + 7) / 6)
    draw = Draw(np.zeros(1), np.array([0, 0, 2]), np.zeros(3, np.intp))
    # Twice from 0 to 2, and twice back.
    assert pairs.drawn(draw) == pytest.approx((2 + 6) / 2)
    draw = Draw(np.zeros(1), np.array([1, 1, 1]), np.zeros(3, np.intp))
    assert math.isnan(pairs.drawn(draw))


def test_all_pairs_with_one_footage_share_its_replicate():
    # Footage f and replicate r give 10 f + r.
    values = np.array([[[0, 1, 2], [10, 11, 12]]], float)
    draw = Draw(np.zeros(1), np.array([0, 1]), np.array([1, 0]))
    assert SharedMeans(values).drawn(draw) == pytest.approx((2 + 12) / 2)
    assert FootageMeans(values).drawn(draw) == pytest.approx((2 + 11) / 2)


def test_a_person_who_is_drawn_twice_counts_twice():
    people = np.array([[4, 4], [4, 9], [11, 11]])
    pairs = TrackletPairs(np.zeros(3), np.arange(3.0), people)
    replicated = ReplicatedPairs(pairs, np.array([4, 9, 11]), seed=0)
    assert replicated.replicate(0) is pairs
    counts = {
        tuple(np.bincount(replicated.replicate(number).distances.astype(int), minlength=3).tolist())
        for number in range(1, 50)
    }
    # Everybody once; or 4 twice and 9 once; or 9 twice and 4 once. All others lack pairs of two.
    assert counts == {(1, 1, 1), (2, 2, 0), (1, 2, 0)}


def test_differences_are_paired():
    random = np.random.default_rng(0)
    one = random.normal(size=(3, 8, 5))
    # The same noise plus 1: a paired difference does not vary, an unpaired one would.
    assert difference(FootageMeans(one + 1), FootageMeans(one), 3) == Interval(
        pytest.approx(1), pytest.approx(1), pytest.approx(1)
    )
    own = interval(FootageMeans(one), 3, ANYTHING)
    assert own.low < own.mean < own.high


def test_the_interval_of_a_mean_over_footages_has_the_width_of_its_standard_error():
    values = np.random.default_rng(1).normal(size=(1, 400, 1)).repeat(2, axis=2)
    found = interval(FootageMeans(values), 1, ANYTHING)
    assert found.high - found.low == pytest.approx(2 * 1.96 / math.sqrt(400), rel=0.15)


def test_an_interval_takes_the_bias_of_the_draws_away_and_ends_at_the_limits():
    # All draws lie 2 above the figure 5.
    biased = FootageMeans(np.array([[[5.0, 7.0]]]))
    assert interval(biased, 1, ANYTHING) == Interval(5, 3, 3)
    assert interval(biased, 1, (4, 8)) == Interval(5, 4, 4)
    assert difference(biased, FootageMeans(np.array([[[1.0, 2.0]]])), 1) == Interval(4, 3, 3)


def _measured(kind, training, footage, value):
    values = {
        name: np.full(1 + REPLICATES, value) for name in COLUMNS if not name.startswith("threshold")
    }
    people = np.array([[0, 0], [0, 1]])
    pairs = {
        name: ReplicatedPairs(
            TrackletPairs(np.zeros(2), np.array([1.0, 2.0]), people), np.array([0, 1]), seed=0
        )
        for name in (OWN, EUCLIDEAN)
    }
    group = "MOT16-09" if footage == "MOT16-09" else SCENES
    return Measured(kind, training, group, footage, values, pairs, Cost(1000.0, 0.5, 1e-6))


def _page(trainings):
    files = {name: SHIPPED_WEIGHTS / f"{name}.safetensors" for name in ("fmvae", "vhpvae")}
    return _page_of({name: [path] * trainings for name, path in files.items()})


def _page_of(kinds):
    values = {"fmvae": 2.0, "vhpvae": 1.0, "curved-10": 1.0}
    measured = [
        _measured(kind, number, footage, values[kind] + 0.001 * number)
        for kind, paths in kinds.items()
        for number in range(len(paths))
        for footage in ("MOT16-09", "scene 200", "scene 201")
    ]
    return make_page(measured, kinds, Sizes(10, 40), "python -m it --seeds 2", "flat-crops.png")


def test_the_page_of_one_training_says_that_its_intervals_do_not_cover_trainings():
    page = _page(1)
    assert "they do not\ncover other trainings" in page
    rows = [line for line in page.splitlines() if line.startswith("| recall@5, geodesics")]
    # The values and the differences of both groups; larger is better.
    assert sum(": fmvae is better" in row for row in rows) == 2
    errors = [line for line in page.splitlines() if line.startswith("| log loss, own distance")]
    assert sum(": vhpvae is better" in row for row in errors) == 2
    # Equal pairs lose nothing, for either kind.
    losses = [line for line in page.splitlines() if line.startswith("| threshold loss, own")]
    assert sum("+0.00 (+0.00 to +0.00): cannot tell" in row for row in losses) == 2
    assert "500,000" in page


def test_the_page_of_several_trainings_says_that_three_are_few():
    page = _page(3)
    assert "do not\ncover other trainings" not in page
    assert "the interval holds less\nthan 95 %" in page
    assert page.count("| fmvae  | fmvae") == 3


def test_the_page_names_its_command_and_where_trainings_start():
    page = _page(1)
    assert "`python -m it --seeds 2`" in page
    assert "`fmvae` starts at the principal subspace of the crops, `vhpvae` at random" in page
    table = page.split("## What was trained")[1].splitlines()
    header, _, *rows = [line.split("|") for line in table if line.startswith("|")]
    place = [cell.strip() for cell in header].index("start")
    assert [row[place].strip() for row in rows] == ["principal", "pytorch"]


def test_only_kinds_of_as_many_latents_are_compared():
    kinds = {name: [SHIPPED_WEIGHTS / f"{name}.safetensors"] for name in ("fmvae", "curved-10")}
    kinds["vhpvae"] = [SHIPPED_WEIGHTS / "vhpvae.safetensors"]
    page = _page_of(kinds)
    assert "The page compares `fmvae` with `vhpvae`." in page
    assert "fmvae minus vhpvae" in page
    assert "curved-10 minus" not in page
    assert "minus curved-10" not in page


def test_a_plane_is_called_a_plane():
    text = plane_text({"fmvae": 1e-10, "vhpvae": 0.14, "curved-10": 0.05})
    assert "the decoders of `fmvae` are planes" in text
    assert "Decoders that bend: `vhpvae` and `curved-10`." in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--trainings", "nowhere"), "nowhere/weights/fmvae-seed0.safetensors: no such file"),
        (("--seeds", "1"), "--seeds must be 2 or more"),
    ],
)
def test_wrong_words_end_in_a_sentence(tool, words, message, tmp_path):
    outcome = tool(main, *words, "--out", str(tmp_path / "page.md"))
    assert outcome.status == 2
    assert message in outcome.err
    assert not list(Path(tmp_path).iterdir())
