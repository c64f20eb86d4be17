"""The figures that the paper printed in its Table 2."""

PAPER_TABLE_2: dict[str, tuple[float, ...]] = {
    "VHP-FMVAE-SORT, beta 300": (
        *(63.7, 77.0, 54.3, 65.0, 92.3, 1.12, 158, 269, 90, 5950, 38592, 616, 1143),
        *(59.1, 81.8, 59.7),
    ),
    "VHP-FMVAE-SORT, beta 3000": (
        *(64.2, 77.6, 54.8, 65.1, 92.3, 1.13, 162, 265, 90, 6026, 38515, 598, 1163),
        *(59.1, 81.8, 59.7),
    ),
    "VHP-VAE-SORT": (
        *(60.5, 72.3, 52.1, 65.8, 91.4, 1.28, 170, 266, 81, 6820, 37739, 693, 1264),
        *(59.0, 81.6, 59.6),
    ),
    "SORT": (
        *(57.0, 67.4, 49.4, 66.4, 90.6, 1.44, 158, 275, 84, 7643, 37071, 1486, 1515),
        *(58.2, 81.9, 59.5),
    ),
    "DeepSORT": (
        *(64.7, 76.9, 55.8, 66.7, 91.9, 1.22, 180, 250, 87, 6506, 36747, 585, 1165),
        *(60.3, 81.6, 60.8),
    ),
}
"""Table 2 of "Learning flat latent manifolds with VAEs": tracker -> values of the columns
:data:`flatsort.evaluation.tracks.counts.COLUMNS`, on all of MOT16 train with the POI detections."""
