"""MOTChallenge folders and files: sequences, detections, ground truth and results."""
