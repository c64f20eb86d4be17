"""Complete words of a command line when the user presses the tab key.

    eval "$(register-python-argcomplete flatsort)"

The shell then runs `flatsort` with variables that argcomplete reads; without them, nothing of this
is loaded.
"""

import argparse
import os
from collections.abc import Iterable

_WAITING = "_ARGCOMPLETE"
"""Variable that holds the number, from 1, of the word at which the command begins."""


def is_waiting() -> bool:
    """Return whether a shell waits for completions, not for the command."""
    return _WAITING in os.environ


def words_before() -> list[str]:
    """Return the complete words of the command line, without the program."""
    line, end = os.environ.get("COMP_LINE", ""), int(os.environ.get("COMP_POINT", "0"))
    # The last word is the one to complete; it is empty after a space.
    return line[:end].split(" ")[1:-1]


def begin_at_subcommand() -> None:
    """Leave the program's own word out, so that the sub-command's parser sees its own words."""
    os.environ[_WAITING] = "2"


def complete(parser: argparse.ArgumentParser) -> None:
    """Print the completions and end the process."""
    import argcomplete
    from argcomplete.completers import FilesCompleter

    files = FilesCompleter()

    def candidates(prefix: str, action: argparse.Action, **more: object) -> Iterable[str]:
        names = _names(action.dest)
        return files(prefix, action=action, **more) if names is None else names

    argcomplete.autocomplete(parser, default_completer=candidates)


def _names(option: str) -> Iterable[str] | None:
    """Return the names that an option takes; None for files."""
    if option == "descriptor":
        from flatsort.descriptors.registry import known_names

        return known_names()
    if option == "detector":
        from flatsort.detectors.yolox_models import SHA256

        return [*SHA256, "hog"]
    if option == "preset":
        from flatsort.tracking.tracker_options import PRESETS

        return PRESETS
    return None
