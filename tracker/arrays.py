"""Types of arrays, by their numbers; docstrings give the shapes."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Reals = NDArray[np.floating]
"""Floats or singles."""
Bools = NDArray[np.bool_]
Picture = NDArray[np.uint8]

FloatsOrInts = TypeVar("FloatsOrInts", Floats, Ints)
"""One of both, the same in an argument and the result."""
Rows = Ints | Bools
"""Rows of an array: their numbers, or a mask."""
Numbers = NDArray[np.number]
"""Numbers of any kind, as users give them."""
