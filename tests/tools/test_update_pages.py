"""Tables and programs that are copied into the pages of the project."""

import pytest

from flatsort.errors import InputError
from tools.update_pages import ROOT, include_files, main

PAGE = "before\n<!-- table: docs/a.md -->\nold\nolder\n<!-- end -->\nafter\n"
NEW = "before\n<!-- table: docs/a.md -->\n\n| new |\n\n<!-- end -->\nafter\n"


@pytest.fixture
def page(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("| new |\n")
    path = tmp_path / "README.md"
    path.write_text(PAGE)
    return path


def test_tables_are_replaced_and_other_text_stays(page):
    main(["--file", str(page)])
    assert page.read_text() == NEW


def test_a_second_run_changes_nothing(page, capsys):
    assert include_files(NEW, page.parent) == NEW
    page.write_text(NEW)
    main(["--file", str(page)])
    assert capsys.readouterr().out == ""


def test_each_marker_ends_at_its_own_end(page):
    assert include_files(PAGE + PAGE, page.parent) == NEW + NEW


def test_programs_become_code_blocks(page):
    (page.parent / "a.py").write_text('"""Say it."""\nprint(1)\n')
    other = page.parent / "docs" / "b.md"
    other.write_text("<!-- program: ../a.py -->\n<!-- end -->\n")
    main(["--file", str(page), str(other)])
    assert page.read_text() == NEW
    assert other.read_text() == (
        '<!-- program: ../a.py -->\n\n```python\n"""Say it."""\nprint(1)\n```\n\n<!-- end -->\n'
    )


def test_a_missing_table_leaves_all_pages_as_they_were(page):
    other = page.parent / "other.md"
    other.write_text(PAGE.replace("docs/a.md", "docs/absent.md"))
    with pytest.raises(InputError, match=r"absent\.md: no such table: run `make results`"):
        main(["--file", str(page), str(other)])
    assert page.read_text() == PAGE


def test_a_missing_page(page):
    with pytest.raises(InputError, match=r"absent\.md: cannot read"):
        main(["--file", str(page.parent / "absent.md")])


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_the_projects_pages_are_up_to_date(page):
    text = page.read_text(encoding="utf-8")
    assert include_files(text, page.parent) == text, "run `make docs`"
