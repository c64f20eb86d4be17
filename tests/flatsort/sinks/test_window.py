"""The window's error on a machine without a display."""

import pytest

from flatsort.errors import InputError
from flatsort.sinks import Window


@pytest.mark.parametrize("display", [None, ""])
def test_a_window_needs_a_display(monkeypatch, display):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
        if display is not None:
            monkeypatch.setenv(name, display)
    with pytest.raises(InputError, match="needs a display"):
        Window("title")
