import pytest

from tools.errors import InputError
from tools.update_readme import include_tables, main

PAGE = "before\n<!-- table: docs/a.md -->\nold\nolder\n<!-- end -->\nafter\n"
NEW = "before\n<!-- table: docs/a.md -->\n\n| new |\n\n<!-- end -->\nafter\n"


@pytest.fixture
def page(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("| new |\n")
    path = tmp_path / "README.md"
    path.write_text(PAGE)
    return path


def test_tables_are_replaced_and_the_rest_stays(page):
    main(["--file", str(page)])
    assert page.read_text() == NEW


def test_a_second_run_changes_nothing(page):
    assert include_tables(NEW, page.parent) == NEW


def test_each_marker_ends_at_its_own_end(page):
    assert include_tables(PAGE + PAGE, page.parent) == NEW + NEW


def test_a_missing_table_leaves_the_page_as_it_was(page):
    (page.parent / "docs" / "a.md").unlink()
    with pytest.raises(InputError, match=r"a\.md: no such table: run `make results` first"):
        main(["--file", str(page)])
    assert page.read_text() == PAGE
