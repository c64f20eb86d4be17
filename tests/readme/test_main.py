"""`python -m tests.readme` on a small page: clone, run, report."""

import sys

import pytest

from tests.readme import __main__ as readme
from tests.readme.run import Clone

PAGE = """\
Do `make nothing-of-the-kind`, then

    echo one    # and a comment
    echo one
    false

and see `make bench`, or `make readme`.
"""


@pytest.fixture
def page(monkeypatch):
    """Make each clone a folder that holds only PAGE, as README.md."""

    def make(clone):
        clone.folder.mkdir()
        (clone.folder / "README.md").write_text(PAGE)

    monkeypatch.setattr(Clone, "make", make)


def test_each_command_runs_once_and_the_report_lists_all(page, tmp_path, capsys):
    report = tmp_path / "outcome.md"
    assert readme.main(["--report", str(report), "--folder", str(tmp_path / "kept")]) == 2
    lines = report.read_text().splitlines()
    assert lines[:3] == ["## README.md", "", "1 ok, 2 failed, 2 not run"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[6:]]
    assert [cell[1:3] for cell in cells] == [
        ["`make nothing-of-the-kind`", "failed"],
        ["`echo one # and a comment`", "ok"],
        ["`false`", "failed"],
        ["`make bench`", "not run"],
        ["`make readme`", "not run"],
    ]
    out = capsys.readouterr().out
    assert "README.md:5: failed" in out
    # The output of a failed command follows its outcome.
    assert "    $ make nothing-of-the-kind\n" in out
    assert len(list((tmp_path / "kept" / "logs").iterdir())) == 3


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["absent.md"], "absent.md: no such page"),
        (["--environment", sys.prefix + "/lib"], "not an environment that `make` has set up"),
        (["--folder", "."], "already holds a clone"),
        (["--mot-root", "absent"], "absent: no such folder"),
        (["--allow", "money"], "invalid choice: 'money'"),
    ],
)
def test_invalid_arguments(words, complaint, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clone").mkdir()
    with pytest.raises(SystemExit) as end:
        readme.main(words)
    assert end.value.code == 2
    assert complaint in capsys.readouterr().err
