"""The public names of `import flatsort`."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import flatsort

SOURCE = ast.parse(Path(flatsort.__file__).read_text(encoding="utf-8"))


def type_checking_imports() -> dict[str, str]:
    """Return public name -> module, as type checkers read them."""
    [block] = [node for node in SOURCE.body if isinstance(node, ast.If) and len(node.body) > 1]
    return {alias.name: statement.module for statement in block.body for alias in statement.names}


@pytest.mark.parametrize("name", flatsort.__all__)
def test_every_public_name_resolves(name):
    value = getattr(flatsort, name)
    assert value.__name__ == name
    assert value.__doc__


def test_the_three_lists_of_names_agree():
    assert type_checking_imports() == flatsort._MODULE_OF
    assert list(flatsort._MODULE_OF) == flatsort.__all__ == sorted(flatsort.__all__)
    assert set(flatsort.__all__) <= set(dir(flatsort))


def test_the_docstring_lists_every_public_name():
    words = flatsort.__doc__.partition("Public names:")[2]
    for name in flatsort.__all__:
        assert name in words.replace(",", " ").replace(";", " ").split()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'flatsort' has no attribute 'Sorting'"):
        flatsort.Sorting  # noqa: B018 - the access is the test


def loaded_by(program: str) -> set[str]:
    """Return the top-level packages that a program loads."""
    code = f"{program}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_flatsort_loads_no_other_package():
    others = loaded_by("import flatsort") - loaded_by("pass") - set(sys.stdlib_module_names)
    assert others == {"flatsort"}


def test_a_tracker_loads_neither_opencv_nor_torch():
    assert not loaded_by("import flatsort; flatsort.Sort()") & {"cv2", "torch", "onnxruntime"}
