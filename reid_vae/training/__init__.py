"""Training: objective, constraint, optimisation, checkpoints and logs."""
