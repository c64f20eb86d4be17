"""Dependencies go one way: tools -> flatsort.commands -> flatsort -> tracker and reid_vae.

Imports within functions count. Imports under TYPE_CHECKING count for the direction of
dependencies, but not for cycles, because no program runs them.
"""

import re
from collections import Counter
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.import_graph import arrows, imports, modules

COMMANDS = "flatsort.commands"
# There is a registry per seam; flatsort.reid_vae has errors of its own because it imports no other
# part of the project; and commands/adapt.py is the command of adaptation/adapt.py.
SHARED_NAMES = {"registry", "errors", "adapt"}


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def wrong_imports(package: str, *allowed: str) -> list[str]:
    """List a package's imports of the project's modules, except of those in `allowed`."""
    return [
        f"{one.module} imports {one.target}"
        for one in imports()
        if is_in(one.module, package)
        and one.is_of_project
        and not any(is_in(one.target, name) for name in allowed)
    ]


def test_no_module_imports_itself_through_others():
    try:
        TopologicalSorter(arrows()).prepare()
    except CycleError as error:
        pytest.fail(f"a cycle: {' <- '.join(error.args[1])}")


def test_scripts_import_commands_and_public_names_only():
    assert [
        line for line in wrong_imports("tools", COMMANDS) if not line.endswith("imports flatsort")
    ] == []


def test_nothing_below_commands_imports_commands():
    assert [
        f"{one.module} imports {one.target}"
        for one in imports()
        if is_in(one.target, COMMANDS) and not is_in(one.module, COMMANDS)
        if not is_in(one.module, "tools")
    ] == []


@pytest.mark.parametrize("package", ["flatsort.tracker", "flatsort.reid_vae"])
def test_the_two_libraries_import_nothing_else_of_the_project(package):
    assert wrong_imports(package, package) == []


def test_the_tracker_needs_neither_torch_nor_opencv():
    assert [
        f"{one.module} imports {one.target}"
        for one in imports()
        if is_in(one.module, "flatsort.tracker")
        and one.target.partition(".")[0] in ("torch", "torchvision", "cv2")
    ] == []


def test_modules_have_names_of_their_own():
    counts = Counter(
        path.stem
        for module, path in modules().items()
        if path.stem != "__init__"
        # A script is named after its command. Both engines of a tracker have the same parts.
        and not is_in(module, "tools")
        and not is_in(module, "flatsort.tracker.reference")
        and not is_in(module, "flatsort.tracker.compiled")
    )
    assert {name for name, count in counts.items() if count > 1} <= SHARED_NAMES


def test_parsed_arguments_stay_in_commands():
    assert [
        module
        for module, path in modules().items()
        if re.search(r"\bargparse\b", path.read_text(encoding="utf-8"))
        and not is_in(module, COMMANDS)
        and not is_in(module, "tools")
    ] == []
