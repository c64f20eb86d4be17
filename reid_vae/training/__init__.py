"""Training: training data, objective, constraint, optimisation, checkpoints and logs."""
