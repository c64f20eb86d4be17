"""The error that ends a training."""


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why and what to change."""
