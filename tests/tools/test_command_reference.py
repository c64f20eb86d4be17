import sys

import pytest

from flatsort.files.paths import DOCS
from tools import command_reference
from tools.command_reference import command_lines, help_of, main, reference


def test_tools_and_benchmarks_are_found_and_modules_without_a_command_line_are_not():
    commands = command_lines()
    assert {"python tools/track.py", "python -m benchmarks.association"} <= set(commands)
    assert not {"python flatsort/images/crops.py", "python -m benchmarks.machine"} & set(commands)


def test_help_is_as_wide_as_the_page_whatever_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    lines = help_of("python tools/overlay.py").splitlines()
    assert lines[0].startswith("usage: python tools/overlay.py [-h] --seq NAME|FOLDER")
    assert 60 < max(map(len, lines)) <= 100


def test_commands_within_a_command_stand_in_its_section():
    text = help_of("python tools/search.py")
    assert text.index("usage: python tools/search.py [-h]") == 0
    for name in ("index", "query", "evaluate"):
        assert f"\n\nusage: python tools/search.py {name} [-h]" in text
    assert "--picture FILE" in text


def test_the_overview_links_to_each_commands_section(monkeypatch):
    text = "usage: x [-h]\n\nCut a|b\nin two. And more.\n\noptions:"
    monkeypatch.setattr(command_reference, "help_of", lambda command: text)
    page = reference(["python -m benchmarks.x_y", "python tools/a.py"])
    assert "| [`python tools/a.py`](#python-toolsapy) | Cut a\\|b in two |" in page
    assert "(#python--m-benchmarksx_y)" in page
    assert page.count("```text\nusage: x [-h]\n") == 2


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the page is worded as by Python 3.11")
def test_the_projects_page_is_up_to_date(tmp_path):
    main(["--out", str(tmp_path / "commands.md")])
    written = (tmp_path / "commands.md").read_text()
    assert (DOCS / "commands.md").read_text() == written, "run `make docs`"
