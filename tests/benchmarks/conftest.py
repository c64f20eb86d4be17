"""Benchmarks are command lines over sequences: they share the fixtures of flatsort's tests."""

from tests.flatsort.conftest import make_sequence, own_feature_cache, tool

__all__ = ["make_sequence", "own_feature_cache", "tool"]
