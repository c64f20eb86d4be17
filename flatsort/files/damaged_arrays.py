"""The errors that NumPy raises for a damaged .npz file."""

import tokenize
import zipfile
import zlib

DAMAGED = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    # A flipped bit may look like an unknown compression or like encryption.
    NotImplementedError,
    RuntimeError,
    # Python's parser reads the header of each array.
    tokenize.TokenError,
    SyntaxError,
    AttributeError,
    OverflowError,
    MemoryError,
)
