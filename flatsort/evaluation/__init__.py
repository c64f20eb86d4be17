"""Evaluation of results: scores of tracks, identity switches, and descriptors on their own."""
