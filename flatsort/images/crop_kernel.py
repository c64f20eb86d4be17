"""Shrink boxes of a frame in machine code: OpenCV's INTER_AREA, bit for bit, without copies.

:func:`flatsort.images.crops.cut_crops` is the readable form, and the tests compare both. OpenCV
needs the sampled pixels of a box side by side, and copying them out of the frame takes as long as
averaging them. These loops read the pixels in place, for all boxes of a frame in one call.

OpenCV averages in two ways, and so does this module. If each pixel of the crop covers a whole
number of sampled pixels, it adds integers. Otherwise it weights the sampled pixels by the part that
is covered.
"""

import numpy as np

from flatsort.tracker.compiled.build import compile_cached, kernel

_SIGNATURE = (
    "void(Array(uint8, 3, 'C', readonly=True), int64[:, ::1], int64[:, ::1], int64[::1],"
    " uint8[:, :, :, ::1])"
)


@kernel
def _averaged_pixels(pixels, wanted):
    """List the sampled pixels that each pixel of the crop averages, and their weights.

    As in OpenCV's resize.cpp, a part of a pixel at either end counts if it exceeds a thousandth.

    Args:
        pixels: Number of sampled pixels along a side.
        wanted: Number of pixels of the crop along this side.

    Returns:
        The first sampled pixel, int64 (wanted,); the number of them, int64 (wanted,); and their
        weights, float32 (wanted, the largest number possible).
    """
    first, count = np.empty(wanted, np.int64), np.empty(wanted, np.int64)
    weights = np.empty((wanted, pixels // wanted + 3), np.float32)
    # OpenCV divides twice too. The result is not always equal to pixels / wanted.
    scale = 1.0 / (wanted / pixels)
    for place in range(wanted):
        start = place * scale
        end = start + scale
        cell = min(scale, pixels - start)
        last = min(int(np.floor(end)), pixels - 1)
        whole = min(int(np.ceil(start)), last)
        taps = 0
        first[place] = whole
        if whole - start > 1e-3:
            first[place] = whole - 1
            weights[place, 0] = np.float32((whole - start) / cell)
            taps = 1
        for _ in range(whole, last):
            weights[place, taps] = np.float32(1.0 / cell)
            taps += 1
        if end - last > 1e-3:
            weights[place, taps] = np.float32(min(min(end - last, 1.0), cell) / cell)
            taps += 1
        count[place] = taps
    return first, count, weights


@kernel
def _whole_ratio(pixels, wanted):
    """Return the sampled pixels per pixel of the crop if that is a whole number, else 0."""
    scale = 1.0 / (wanted / pixels)
    times = int(np.rint(scale))
    return times if abs(scale - times) < np.finfo(np.float64).eps else 0


@kernel
def _average_blocks(frame, top, left, down, right, rows, columns, crop):
    """Write the means of `rows` x `columns` sampled pixels into the crop, by adding integers."""
    scale = np.float32(1.0) / np.float32(rows * columns)
    for y in range(crop.shape[0]):
        for x in range(crop.shape[1]):
            blue = green = red = 0
            for row in range(rows):
                line = top + (y * rows + row) * down
                for column in range(columns):
                    place = left + (x * columns + column) * right
                    blue += np.int64(frame[line, place, 0])
                    green += np.int64(frame[line, place, 1])
                    red += np.int64(frame[line, place, 2])
            if rows == 2 and columns == 2:
                # OpenCV rounds a half up for means of four pixels, and to even for all others.
                crop[y, x, 0] = (blue + 2) >> 2
                crop[y, x, 1] = (green + 2) >> 2
                crop[y, x, 2] = (red + 2) >> 2
            else:
                crop[y, x, 0] = int(np.rint(np.float32(blue) * scale))
                crop[y, x, 1] = int(np.rint(np.float32(green) * scale))
                crop[y, x, 2] = int(np.rint(np.float32(red) * scale))


@kernel
def _average_row(frame, line, left, right, first, count, weights, sums):
    """Write the weighted means of one row's sampled pixels into `sums` (width, 3) float32."""
    # Unsigned indices save a check: numba tests whether a signed index counts from the end.
    values, next_pixel = frame.reshape(-1), np.uint64(3 * right)
    start = np.uint64((line * frame.shape[1] + left) * 3)
    for x in range(sums.shape[0]):
        blue = green = red = np.float32(0.0)
        place = start + np.uint64(first[x]) * next_pixel
        for tap in range(count[x]):
            weight = weights[x, tap]
            blue += np.float32(values[place]) * weight
            green += np.float32(values[place + np.uint64(1)]) * weight
            red += np.float32(values[place + np.uint64(2)]) * weight
            place += next_pixel
        sums[x, 0], sums[x, 1], sums[x, 2] = blue, green, red


@kernel
def _average_areas(frame, top, left, down, right, averaged_y, averaged_x, sums, total, crop):
    """Write the weighted means into the crop: first along each row, then over the rows."""
    first_y, count_y, weights_y = averaged_y
    first_x, count_x, weights_x = averaged_x
    height, width = crop.shape[:2]
    summed_row = -1
    for y in range(height):
        for tap in range(count_y[y]):
            row = first_y[y] + tap
            if row != summed_row:
                line = top + row * down
                _average_row(frame, line, left, right, first_x, count_x, weights_x, sums)
                summed_row = row
            weight = weights_y[y, tap]
            for x in range(width):
                for channel in range(3):
                    value = weight * sums[x, channel]
                    total[x, channel] = value if tap == 0 else total[x, channel] + value
        for x in range(width):
            for channel in range(3):
                crop[y, x, channel] = min(255, int(np.rint(total[x, channel])))


def _shrink(frame, corners, strides, which, crops):
    height, width = crops.shape[1:3]
    sums, total = np.empty((width, 3), np.float32), np.empty((width, 3), np.float32)
    for box in which:
        left, top, right, bottom = corners[box]
        across, down = strides[box]
        left += (across - 1) // 2
        top += (down - 1) // 2
        pixels_x = (right - left + across - 1) // across
        pixels_y = (bottom - top + down - 1) // down
        columns, rows = _whole_ratio(pixels_x, width), _whole_ratio(pixels_y, height)
        if columns and rows:
            _average_blocks(frame, top, left, down, across, rows, columns, crops[box])
        else:
            averaged_y, averaged_x = (
                _averaged_pixels(pixels_y, height),
                _averaged_pixels(pixels_x, width),
            )
            _average_areas(
                frame, top, left, down, across, averaged_y, averaged_x, sums, total, crops[box]
            )


shrink = compile_cached(_shrink, _SIGNATURE)
"""Shrink boxes of a frame.

Args:
    frame: (H, W, 3) uint8, contiguous.
    corners: (N, 4) int64 left, top, right, bottom inside the frame, pixels.
    strides: (N, 2) int64, steps between the sampled columns and between the sampled rows, pixels. A
        box must keep at least as many columns and rows as a crop has.
    which: (K,) int64, rows of the boxes to shrink.
    crops: (N, height, width, 3) uint8; the rows ``which`` are written, in the frame's order of
        colours.
"""
