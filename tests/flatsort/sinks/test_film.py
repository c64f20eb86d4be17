"""The overlay film: its tracks and times, and that it is whole or absent."""

import av
import numpy as np
import pytest

from flatsort.sinks import OverlayVideo
from flatsort.sources.source import Frame
from tests.flatsort.sinks.tracks import frame, tracks


def shown(path):
    """Times and pictures, (H, W, 3) int BGR."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [each.time for each in frames], [
        each.to_ndarray(format="bgr24").astype(int) for each in frames
    ]


def test_matched_tracks_only(make_sequence, tmp_path):
    """A coasting box is a prediction; upstream's viewer leaves it out too."""
    sequence = make_sequence((), length=1, frame_rate=5)
    image = sequence.read_frame(1)
    pictures = []
    for name, since in (("seen", 0), ("coasting", 1)):
        path = tmp_path / f"{name}.mp4"
        with OverlayVideo(path, sequence.frame_rate, "sort") as sink:
            assert sink.needs_images
            sink.write(frame(1, image), tracks((1, 60, 40, 40, 60, since)))
        with av.open(str(path)) as container:
            assert float(container.streams.video[0].average_rate) == 5
        pictures += shown(path)[1]
    # The box's right edge is at x = 100.
    change = np.abs(pictures[0] - pictures[1]).max(axis=2)
    assert change[50:90, 100].min() > 30
    assert change[:, 130:].max() < 10


def plain(level, size=(64, 48)):
    return np.full((size[1], size[0], 3), level, np.uint8)


def test_frames_are_shown_at_their_own_times(tmp_path):
    times = [0.0, 0.1, 0.2, 1.5, 1.6, 1.6 + 1e-7, 1.68]
    path = tmp_path / "a.mp4"
    with OverlayVideo(path, 10, "") as sink:
        for number, seconds in enumerate(times, 1):
            sink.write(Frame(number, seconds, plain(20 * number)), tracks())
    found, pictures = shown(path)
    assert found == pytest.approx(times, abs=2e-5)
    levels = [picture[40:].mean() for picture in pictures]
    np.testing.assert_allclose(levels, [20 * n for n in range(1, 8)], atol=4)


@pytest.mark.parametrize("rate", [10, 12.5, 25, 29.97, 30])
def test_a_constant_rate_stays_constant(tmp_path, rate):
    path = tmp_path / "a.mp4"
    with OverlayVideo(path, rate, "") as sink:
        for number in range(1, 12):
            sink.write(frame(number, plain(100), rate), tracks())
    with av.open(str(path)) as container:
        assert float(container.streams.video[0].average_rate) == pytest.approx(rate, rel=1e-4)


def test_frames_of_other_sizes_are_fitted_into_the_first(tmp_path):
    """A picture of 24 x 24 becomes 48 x 48 in a film of 64 x 48, with 8 black columns per side."""
    path = tmp_path / "a.mp4"
    with OverlayVideo(path, 10, "") as sink:
        sink.write(frame(1, plain(120)), tracks())
        sink.write(frame(2, plain(200, (24, 24))), tracks((1, 2, 2, 5, 5, 0)))
        sink.write(frame(3, plain(120)), tracks())
    _, pictures = shown(path)
    assert [picture.shape for picture in pictures] == [(48, 64, 3)] * 3
    middle = pictures[1]
    assert middle[:, :6].max() < 30
    assert middle[:, -6:].max() < 30
    assert middle[40:, 12:52].min() > 160
    assert pictures[2][40:].mean() == pytest.approx(120, abs=4)


def test_a_failed_run_leaves_no_film(tmp_path):
    path = tmp_path / "films" / "a.mp4"
    with pytest.raises(KeyError), OverlayVideo(path, 10, caption="") as sink:
        sink.write(frame(1, plain(100)), tracks())
        raise KeyError
    assert list(path.parent.iterdir()) == []


def test_the_film_hides_heads_on_request(tmp_path):
    """Stripes in the head of the track become grey; those below it stay."""
    striped = np.zeros((48, 64, 3), np.uint8)
    striped[:, ::4] = striped[:, 1::4] = 255
    path = tmp_path / "a.mp4"
    with OverlayVideo(path, 10, "", blurs_heads=True) as sink:
        sink.write(frame(1, striped), tracks((1, 20, 5, 30, 40, 1)))
    _, (picture,) = shown(path)
    # A coasting track is not drawn, but its head, y 5 to 13 and 2 px around it, is hidden.
    assert picture[5:12, 22:48].std() < picture[20:40, 22:48].std() / 2
