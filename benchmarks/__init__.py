"""Side-by-side measurements; `python benchmarks/NAME.py --help`."""
