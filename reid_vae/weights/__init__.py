"""Trained weights: saved, read, and run as an encoder of crops."""
