"""Train a descriptor on boxes: crops, tracklets, rounds, calibration, model card."""
