"""The page docs/commands.md, written from the help of all commands."""

import sys

import pytest

from tools import command_reference
from tools.command_reference import ROOT, command_lines, help_of, main, reference


def test_commands_are_found_and_other_modules_are_not():
    commands = command_lines()
    assert {"python tools/track.py", "python -m benchmarks.association"} <= set(commands)
    assert not {"python flatsort/images/crops.py", "python -m benchmarks.machine"} & set(commands)


def test_the_terminals_width_does_not_change_the_page(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    lines = help_of("python tools/overlay.py").splitlines()
    usage = "usage: python tools/overlay.py [-h] [--log-level LEVEL | --quiet] --results FILE"
    assert lines[0].startswith(usage)
    assert 60 < max(map(len, lines)) <= 100


def test_the_help_of_sub_commands_follows_the_help_of_their_command():
    text = help_of("python tools/search.py")
    assert text.index("usage: python tools/search.py [-h]") == 0
    for name in ("index", "query", "evaluate"):
        assert f"\n\nusage: python tools/search.py {name} [-h]" in text
    assert "--picture FILE" in text


def test_the_overview_links_to_the_section_of_each_command(monkeypatch):
    text = "usage: x [-h]\n\nCut a|b\nin two. And more.\n\noptions:"
    monkeypatch.setattr(command_reference, "help_of", lambda command: text)
    page = reference(["python -m benchmarks.x_y", "python tools/a.py"])
    assert "| [`python tools/a.py`](#python-toolsapy) | Cut a\\|b in two |" in page
    assert "(#python--m-benchmarksx_y)" in page
    assert page.count("```text\nusage: x [-h]\n") == 2


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="argparse of Python 3.11 worded the page"
)
def test_the_projects_page_is_up_to_date(tmp_path):
    main(["--out", str(tmp_path / "commands.md")])
    written = (tmp_path / "commands.md").read_text()
    assert (ROOT / "docs" / "commands.md").read_text() == written, "run `make docs`"
