"""Side-by-side measurements, `python -m benchmarks.NAME --help`; not tests."""
