"""Settings that make the experiments on latent spaces take seconds."""

from flatsort.paper.latent import measure, measure_speed


def use_few_points(monkeypatch):
    """Measure few pairs and latents, on a coarse graph and a coarse grid."""
    monkeypatch.setattr("flatsort.paper.latent.run_experiments.PAIRS", 4)
    monkeypatch.setattr("flatsort.paper.latent.latent_maps._GRID", 20)
    monkeypatch.setattr(measure, "REFINED", 2)
    monkeypatch.setattr(measure, "NODES", 1500)
    monkeypatch.setattr(measure_speed, "CROWD", 1000)
