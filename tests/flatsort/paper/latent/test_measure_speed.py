"""Times of distances and searches, and the neighbours that both find."""

import pytest
import torch

from flatsort.paper.latent.measure import build_graph, random_pairs
from flatsort.paper.latent.measure_speed import measure_speed
from tests.flatsort.latent_settings import use_few_points


@pytest.fixture(autouse=True)
def few_points(monkeypatch):
    use_few_points(monkeypatch)


def measured_speed(model):
    latents = torch.rand(300, 2)
    graph = build_graph(model, latents)
    return measure_speed(model, graph, *random_pairs(latents, 5, seed=0))


def test_a_distance_is_cheaper_than_a_search(isometry):
    speed = measured_speed(isometry)
    assert 0 < speed.batched < speed.distance < speed.search
    assert speed.nearest > 0
    assert speed.threads == torch.get_num_threads()


def test_latent_neighbours_are_the_graphs_only_in_a_flat_space(isometry):
    assert measured_speed(isometry).recall > 0.85
    with torch.no_grad():
        isometry.decoder.weight[:, 1] *= 10
    assert measured_speed(isometry).recall < 0.7
