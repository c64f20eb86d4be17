import pytest

from flatsort.tracker import DeepSortConfig, FlatSortConfig, SortConfig


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


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"frame_rate": 0}, "frame_rate must be a finite number above 0, not 0"),
        ({"frame_rate": float("inf")}, "frame_rate .* not inf"),
        ({"memory_s": -1.0}, "memory_s must be a finite number of at least 0, not -1"),
        ({"min_confidence": float("nan")}, "min_confidence must be a number, not nan"),
        ({"sure_confidence": float("nan")}, "sure_confidence .* not nan"),
        ({"birth_confidence": float("nan")}, "birth_confidence .* not nan"),
        ({"max_sure_cost": 1}, "max_sure_cost must be at least 0 and below 1, not 1"),
        ({"max_unsure_cost": -0.1}, "max_unsure_cost .* not -0.1"),
        ({"max_tentative_cost": float("nan")}, "max_tentative_cost .* not nan"),
        ({"max_birth_overlap": 2}, r"max_birth_overlap must lie in \[0, 1\], not 2"),
        ({"n_init": 0}, "n_init must be a whole number of at least 1, not 0"),
        ({"camera_motion": "frames"}, "camera_motion must be one of boxes, none, not frames"),
        ({"min_camera_pairs": 1}, "min_camera_pairs .* of at least 2, not 1"),
        ({"sure_camera_pairs": 1}, "sure_camera_pairs .* of at least 2, not 1"),
    ],
)
def test_bad_settings_of_flat_sort(setting, message):
    with pytest.raises(ValueError, match=message):
        FlatSortConfig(**setting)


@pytest.mark.parametrize(
    ("frame_rate", "memory_s", "frames"), [(30, 1.5, 45), (14, 1.5, 21), (1, 0.4, 1), (30, 0, 1)]
)
def test_the_memory_of_flat_sort_counts_seconds(frame_rate, memory_s, frames):
    assert FlatSortConfig(frame_rate=frame_rate, memory_s=memory_s).memory == frames
