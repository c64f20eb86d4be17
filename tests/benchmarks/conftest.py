"""Benchmarks are commands that run on sequences, so they share the fixtures of tests/flatsort."""

from tests.flatsort.conftest import make_sequence, own_feature_cache, tool

__all__ = ["make_sequence", "own_feature_cache", "tool"]
