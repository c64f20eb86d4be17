"""Scores of tracking results: the benchmark's preprocessing, counts, percentages and tables."""
