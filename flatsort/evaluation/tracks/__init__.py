"""Scores of tracking results: the benchmark's preprocessing, counts, ratios and tables."""
