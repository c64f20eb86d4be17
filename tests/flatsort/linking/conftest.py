"""Results made by hand: straight courses of boxes of 20 x 50 pixels."""

import pytest


@pytest.fixture
def courses(make_rows):
    """A function that makes results of courses.

    A course is (id, first frame, number of frames, left, top, step to the right per frame).
    """

    def make(*courses):
        return make_rows(
            *(
                (first + n, identity, left + n * step, top, 20, 50)
                for identity, first, count, left, top, step in courses
                for n in range(count)
            )
        )

    return make
