"""Undecoded outputs of YOLOX, by hand; inputs are 64 x 32, so the grids are 8 x 4, 4 x 2, 2 x 1."""

import numpy as np
import pytest

from flatsort.detectors.yolox_output import decode, is_undecoded

WIDTH, HEIGHT, CELLS = 64, 32, 32 + 8 + 2


def cells(**values):
    """Return an output (1, 42, 6) of zeros with the given rows: c5=(x, y, w, h, objectness, s)."""
    output = np.zeros((1, CELLS, 6), np.float32)
    for name, row in values.items():
        output[0, int(name[1:])] = row
    return output


def test_a_cell_of_each_grid():
    # Cell 11 is column 3 of row 1 in the grid of 8; cell 38 is column 2 of row 1 in the grid of
    # 16; cell 41 is column 1 of row 0 in the grid of 32.
    row = (0.5, 0.25, 0, np.log(2), 0.5, 0.9)
    found = decode(cells(c11=row, c38=row, c41=row), WIDTH, HEIGHT)
    assert found.shape == (CELLS, 6)
    np.testing.assert_allclose(found[11], [28, 10, 8, 16, 0.5, 0.9], rtol=1e-6)
    np.testing.assert_allclose(found[38], [40, 20, 16, 32, 0.5, 0.9], rtol=1e-6)
    np.testing.assert_allclose(found[41], [48, 8, 32, 64, 0.5, 0.9], rtol=1e-6)


def test_the_output_is_left_as_it_was():
    output = cells(c0=(1, 1, 1, 1, 1, 1))
    before = output.copy()
    decode(output, WIDTH, HEIGHT)
    np.testing.assert_array_equal(output, before)


def test_an_overflow_is_no_warning():
    assert decode(cells(c0=(0, 0, 1000, 0, 1, 1)), WIDTH, HEIGHT)[0, 2] == np.inf


def test_offsets_are_told_from_pixels():
    rng = np.random.default_rng(0)
    output = rng.normal(0, 1, (1, CELLS, 6))
    assert is_undecoded(output, WIDTH, HEIGHT)
    assert is_undecoded(output[0], WIDTH, HEIGHT)
    assert not is_undecoded(decode(output, WIDTH, HEIGHT), WIDTH, HEIGHT)


@pytest.mark.parametrize("rows", [CELLS - 1, 3 * CELLS])
def test_an_output_without_one_row_per_cell_is_decoded(rows):
    assert not is_undecoded(np.zeros((1, rows, 6)), WIDTH, HEIGHT)
