import pytest

from flatsort.tracker import DeepSortConfig, SortConfig


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"max_age": -1}, "max_age must be a whole number of at least 0, not -1"),
        ({"max_age": 1.5}, "max_age .* not 1.5"),
        ({"min_hits": -3}, "min_hits .* not -3"),
        ({"min_iou": 1.1}, r"min_iou must lie in \[0, 1\], not 1.1"),
        ({"min_iou": float("nan")}, "min_iou .* not nan"),
        ({"min_confidence": float("nan")}, "min_confidence must be a number, not nan"),
        ({"max_coasted": -1}, "max_coasted .* not -1"),
        ({"max_age": float("inf")}, "max_age .* not inf"),
    ],
)
def test_bad_settings_of_sort(setting, message):
    with pytest.raises(ValueError, match=message):
        SortConfig(**setting)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"min_confidence": float("nan")}, "min_confidence must be a number, not nan"),
        ({"nms_max_overlap": -0.1}, r"nms_max_overlap must lie in \[0, 1\], not -0.1"),
        ({"min_height": -1}, "min_height must be a finite number of at least 0, not -1"),
        ({"max_iou_distance": 2}, "max_iou_distance .* not 2"),
        ({"max_age": 0}, "max_age .* not 0"),
        ({"n_init": 0}, "n_init must be a whole number of at least 1, not 0"),
        ({"budget": 0}, "budget .* not 0"),
        ({"max_coasted": -1}, "max_coasted .* not -1"),
    ],
)
def test_bad_settings_of_deep_sort(setting, message):
    with pytest.raises(ValueError, match=message):
        DeepSortConfig(**setting)
