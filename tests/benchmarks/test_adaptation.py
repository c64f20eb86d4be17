"""The page on adapting, from hand-made results."""

from benchmarks.adaptation_page import make_page, plot_curves

SCORES = {"AUC": 0.95, "rank-1": 0.9, "mAP": 0.8}
TRACKS = {"IDF1": 84.25, "HOTA": 70.0, "MOTA": 80.0, "Purity": 97.0, "IDs": 12.0}


def row(footage, boxes, minutes, steps, tracks=None):
    return {
        "footage": footage,
        "boxes": boxes,
        "minutes": minutes,
        "steps": steps,
        "seconds": 61.7,
        "load": [1.0, 3.25],
        "scores": SCORES,
        "tracks": tracks or {},
    }


ROWS = [
    row("MOT16-09", "YOLOX-x", 1 / 3, 0),
    row("MOT16-09", "YOLOX-x", 3.0, 4000, {"--offline": TRACKS}),
    row("MOT16-09", "Faster R-CNN", 3.0, 4000, {"--offline": TRACKS}),
    row("scene 300", "simulated", 1.0, 900),
]


def cells(page, start):
    line = next(line for line in page.splitlines() if line.startswith(f"| {start}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_page_has_every_figure_beside_its_goal():
    page = make_page(ROWS, "adapting.png")
    assert "its load was 1.0 to 3.2" in page
    first = ["MOT16-09", "20 s", "62 s", "0", "closed form", "0.950", "0.900", "0.800", "0.940"]
    assert cells(page, "MOT16-09 ") == first
    assert cells(page, "scene 300")[1:5] == ["1 min", "62 s", "900", "trained"]
    assert cells(page, "scene 300")[-1] == ""
    tracked = ["YOLOX-x", "0.950", "--offline", "84.2", "70.0", "80.0", "97.0", "12"]
    assert cells(page, "YOLOX-x")[:8] == tracked


def test_the_picture_has_a_line_per_footage_and_the_goals():
    (axes,) = plot_curves(ROWS).axes
    names = [line.get_label() for line in axes.get_lines()]
    assert names == ["MOT16-09", "scene 300", "goal on MOT16-09"]
    assert list(axes.get_lines()[0].get_xdata()) == [1 / 3, 3.0]
