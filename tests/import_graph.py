"""The imports between the project's modules, read from their source without running it.

Imports by name, such as those of a registry through import_module(), are not seen. The command

    python -m tests.import_graph

prints how many modules and folders the project has, and which folder imports which.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A checkout has tracker/ and reid_vae/ beside flatsort/; both are imported as parts of flatsort.
_PREFIXES = {"flatsort": "", "tracker": "flatsort.", "reid_vae": "flatsort.", "tools": ""}


@dataclass(frozen=True)
class Import:
    """One import.

    Attributes:
        module: the module that imports, such as "flatsort.files.atomic".
        target: the project's module that it imports, or the name of another package's module.
        for_types: whether it stands under `if TYPE_CHECKING`, so that no program runs it.
    """

    module: str
    target: str
    for_types: bool

    @property
    def is_of_project(self) -> bool:
        """Whether the imported module is the project's own."""
        return self.target.partition(".")[0] in ("flatsort", "tools")


@cache
def modules() -> dict[str, Path]:
    """Every module of flatsort (with tracker and reid_vae) and of tools, and its file."""
    found = {}
    for folder, prefix in _PREFIXES.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = prefix + ".".join(parts).removesuffix(".__init__")
            found[name] = path
    return found


@cache
def imports() -> tuple[Import, ...]:
    """Every import statement: those within functions and under TYPE_CHECKING too."""
    return tuple(found for name, path in modules().items() for found in _imports_of(name, path))


def folder_of(module: str) -> str:
    """The folder that holds a module: "flatsort.files" for flatsort.files.atomic."""
    is_package = modules()[module].name == "__init__.py"
    return module if is_package else module.rpartition(".")[0]


def arrows(with_types: bool = False) -> dict[str, set[str]]:
    """Module to the project's modules that it imports.

    Args:
        with_types: whether imports under TYPE_CHECKING count.
    """
    found: dict[str, set[str]] = {name: set() for name in modules()}
    for one in imports():
        if one.is_of_project and (with_types or not one.for_types):
            found[one.module].add(one.target)
    return found


def reachable(module: str, without: str = "") -> set[str]:
    """A module and all modules of the project that it imports, directly or through others.

    Modules of the package ``without``, and those that only they import, are left out.

    An import of a.b.c runs a and a.b as well, so these packages are included; the package
    `flatsort` is not, because it imports its public names only when they are used.
    """
    graph, seen, waiting = arrows(), set(), [module]
    while waiting:
        name = waiting.pop()
        if name in seen or (without and f"{name}.".startswith(f"{without}.")):
            continue
        seen.add(name)
        waiting += graph[name]
        parent = name.rpartition(".")[0]
        if parent in graph and parent != "flatsort":
            waiting.append(parent)
    return seen


def packages_needed(module: str, without: str = "") -> set[str]:
    """Top-level names of the other packages that a module and its imports import.

    Args:
        module: the module.
        without: a package of the project whose modules do not count, nor what only they import.
    """
    within = reachable(module, without)
    return {
        one.target.partition(".")[0]
        for one in imports()
        if one.module in within and not one.is_of_project and not one.for_types
    }


def _imports_of(name: str, path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for target in _targets(node, package):
            yield Import(name, target, id(node) in typing_only)


def _targets(node: ast.AST, package: str) -> Iterator[str]:
    """The modules that a statement imports; none for other statements."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield _module(alias.name)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *([base] if base else [])])
        for alias in node.names:
            yield _module(f"{base}.{alias.name}")


def _module(name: str) -> str:
    """The project's module that holds a dotted name; the name itself where there is none."""
    candidate = name
    while candidate:
        if candidate in modules():
            return candidate
        candidate = candidate.rpartition(".")[0]
    return name


def main() -> None:
    """Print the size of the house and the arrows between its folders."""
    graph = arrows()
    folders = {folder_of(name) for name in graph}
    between = Counter(
        (folder_of(module), folder_of(target))
        for module, targets in graph.items()
        for target in targets
        if folder_of(module) != folder_of(target)
    )
    print(
        f"{len(graph)} modules in {len(folders)} folders; {sum(between.values())} imports make "
        f"{len(between)} arrows between folders"
    )
    for (source, target), count in sorted(between.items()):
        print(f"{source} -> {target}: {count}")


if __name__ == "__main__":
    main()
