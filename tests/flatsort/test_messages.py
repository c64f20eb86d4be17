"""Notes on stdout, warnings on stderr, and the levels that hide them."""

import logging

import pytest

from flatsort.commands.cli import make_parser
from flatsort.messages import LOGGER, set_level


@pytest.fixture(autouse=True)
def usual_level():
    yield
    set_level("info")


@pytest.mark.parametrize(
    ("level", "out", "err"),
    [("info", "note: a 5 % note\n", "note: a warning\n"), ("warning", "", "note: a warning\n")],
)
def test_levels(capsys, level, out, err):
    set_level(level)
    LOGGER.info("a 5 % note")
    LOGGER.warning("a warning")
    assert capsys.readouterr() == (out, err)


def test_the_level_error_hides_warnings(capsys):
    set_level("error")
    LOGGER.warning("a warning")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("words", "name"),
    [([], "INFO"), (["--quiet"], "WARNING"), (["--log-level", "error"], "ERROR")],
)
def test_options_of_every_command(words, name):
    make_parser("track", "").parse_args(words)
    assert LOGGER.level == getattr(logging, name)


def test_both_options_at_once_are_refused(capsys):
    with pytest.raises(SystemExit):
        make_parser("track", "").parse_args(["--quiet", "--log-level", "info"])
    assert "not allowed with" in capsys.readouterr().err
