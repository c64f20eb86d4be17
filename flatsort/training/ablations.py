"""The parts of the flatness term that a training can leave out."""

ABLATIONS = {"no-mixup": {"mixed": False}, "no-normalisation": {"normalised": False}}
"""Name of an ablation -> the constants of the objective that it changes."""
