"""Draw the report's pictures: distances before and after, with the gates of the tracker."""

from pathlib import Path

from matplotlib.figure import Figure

from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.evaluation.reid.reid_plots import draw_distances
from flatsort.files.atomic import atomic_path
from flatsort.tracker import AppearanceMetric


def plot_before_and_after(
    path: Path, title: str, panels: dict[str, tuple[PairDistances, AppearanceMetric]]
) -> None:
    """Draw the distances in panels side by side, one panel per descriptor.

    Args:
        path: the PNG file to write.
        title: title of the picture, which names the kind of distances.
        panels: distances and their metric, by the descriptor's name.

    Raises:
        InputError: the file cannot be written.
    """
    figure = Figure(figsize=(5.5 * len(panels), 4.6), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for panel, (name, (pairs, metric)) in zip(axes, panels.items(), strict=True):
        draw_distances(panel, pairs, {"gate": (metric.gate, "--")})
        panel.set_title(name, fontsize="medium")
        panel.set_xlabel(f"{metric.kind} distance".capitalize())
    axes[0].set_ylabel("share of the distances")
    figure.suptitle(title)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=110)
