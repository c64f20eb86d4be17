import cv2
import pytest
from matplotlib.figure import Figure

from flatsort.errors import InputError
from flatsort.images.figure_file import DOTS_PER_INCH, check_figure_name, write_figure


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".JPEG"])
def test_the_ending_of_the_name_decides_the_format(tmp_path, suffix, files_under):
    path = tmp_path / "out" / f"figure{suffix}"
    write_figure(path, Figure(figsize=(2, 1)))
    start = path.read_bytes()[:4]
    assert start == b"\x89PNG" if suffix == ".png" else start.startswith(b"\xff\xd8")
    assert cv2.imread(str(path)).shape == (DOTS_PER_INCH, 2 * DOTS_PER_INCH, 3)
    assert files_under(tmp_path / "out") == [path.name]


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.png.txt"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"must end in \.png or \.jpg"):
        check_figure_name(tmp_path / name)
    with pytest.raises(InputError, match=r"must end in \.png or \.jpg"):
        write_figure(tmp_path / name, Figure())
