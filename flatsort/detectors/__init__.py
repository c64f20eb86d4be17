"""Detectors, which find people in frames; importing this package loads no detector's library."""
