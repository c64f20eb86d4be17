"""The wheel: its files, its requirements and extras, and its use beside a user's own modules."""

import os
import subprocess
import sys
import tomllib
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

from flatsort.commands.cli import SUBCOMMANDS
from flatsort.commands.extras import CONTAINED_EXTRAS, EXTRA_OF_COMMAND, EXTRA_OF_PACKAGE
from tests.import_graph import ROOT, imports, packages_needed

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Name of the distribution where it differs from the name that Python imports.
DISTRIBUTIONS = {
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "faiss": "faiss-cpu",
    "onnx_ir": "onnx-ir",
}
# jinja2 brings markupsafe, lancedb brings pyarrow. A user who has supervision's detections has
# supervision.
INDIRECT = {"markupsafe", "pyarrow", "supervision"}
# Only some uses of a command need these: weights without their ONNX file, detectors of torchvision,
# searches in a database.
FOR_SOME_USES = {"torch", "torchvision", "onnx", "lancedb", "distributed", "dask"}
# The same for modules: track.py trains only with --adapt.
MODULES_FOR_SOME_USES = {"track": {"flatsort.adaptation.adapt_to_recording"}}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel, without network and without writing into the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([sys.executable, "-m", *words, "--wheel-dir", folder], check=True)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel):
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel, names):
    [name] = [name for name in names if name.endswith(".dist-info/METADATA")]
    with ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(name))


def distribution(requirement: str) -> str:
    """Return the name in a requirement: "numpy~=2.4" -> "numpy"."""
    return requirement.partition(";")[0].replace("=", "~").replace("<", "~").partition("~")[0]


def core() -> set[str]:
    return {distribution(requirement) for requirement in PROJECT["dependencies"]}


def extra_packages(extra: str) -> set[str]:
    """Return the packages of an extra and of the extras that it contains."""
    found = set()
    for requirement in PROJECT["optional-dependencies"][extra]:
        if requirement.startswith("flatsort["):
            for inner in requirement.removeprefix("flatsort[").rstrip("]").split(","):
                found |= extra_packages(inner)
        else:
            found.add(distribution(requirement))
    return found


def others(packages: set[str]) -> set[str]:
    """Return the distributions of packages that are not part of Python."""
    found = packages - set(sys.stdlib_module_names) - INDIRECT
    return {DISTRIBUTIONS.get(name, name) for name in found}


def test_the_wheel_holds_one_package_with_every_module_and_data_file(names):
    expected = set()
    for folder, prefix in {
        **{"flatsort": "", "tracker": "flatsort/"},
        **{"reid_vae": "flatsort/", "weights": "flatsort/"},
    }.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                expected.add(prefix + path.relative_to(ROOT).as_posix())
    assert {name for name in names if not name.startswith("flatsort-")} == expected
    endings = {Path(name).suffix for name in expected}
    assert {".py", ".css", ".js", ".jinja", ".safetensors", ".onnx", ".md"} <= endings
    assert "flatsort/weights/LICENSE" in names


def test_all_shipped_weights_run_without_torch(names):
    weights = {name for name in names if name.endswith(".safetensors")}
    assert weights
    assert {name.replace(".safetensors", ".onnx") for name in weights} <= names


def test_metadata(metadata, names):
    assert metadata["License-Expression"] == "Apache-2.0 AND CC-BY-NC-SA-3.0"
    licences = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
    assert licences == set(metadata.get_all("License-File")) == {"LICENSE", "weights/LICENSE"}
    assert set(metadata.get_all("Provides-Extra")) == set(PROJECT["optional-dependencies"])
    required = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert {distribution(line) for line in required} == core()
    assert not core() & {"torch", "torchvision", "onnx", "pandas", "matplotlib", "scikit-learn"}


def test_every_imported_package_is_required_by_the_core_or_an_extra():
    imported = {
        one.target.partition(".")[0]
        for one in imports()
        if not one.is_of_project and not one.for_types and not one.module.startswith("tools")
    }
    assert others(imported) <= core() | extra_packages("all") | extra_packages("lancedb")


@pytest.mark.parametrize("module", sorted(module for module, _ in SUBCOMMANDS.values()))
def test_the_extra_of_a_command_has_all_packages_of_its_usual_work(module):
    # Only --adapt of track.py needs what training needs.
    without = "flatsort.adaptation" if module == "track" else ""
    needed = others(packages_needed(f"flatsort.commands.{module}", without) - FOR_SOME_USES)
    extra = EXTRA_OF_COMMAND.get(module)
    assert needed <= core() | (extra_packages(extra) if extra else set())


def test_the_extras_in_messages_are_those_of_pyproject():
    for package, extra in EXTRA_OF_PACKAGE.items():
        requirements = PROJECT["optional-dependencies"][extra]
        assert DISTRIBUTIONS.get(package, package) in map(distribution, requirements)
    for extra, contained in CONTAINED_EXTRAS.items():
        assert all(extra_packages(inner) <= extra_packages(extra) for inner in contained)
    assert set(EXTRA_OF_COMMAND) <= {module for module, _ in SUBCOMMANDS.values()}


def test_it_works_beside_modules_of_the_same_names(wheel, tmp_path):
    """A user's folder has its own tracker.py; the wheel's files lie elsewhere, as installed."""
    installed, users = tmp_path / "installed", tmp_path / "users"
    with ZipFile(wheel) as archive:
        archive.extractall(installed)
    users.mkdir()
    for name in ("tracker", "tools", "reid_vae", "weights"):
        (users / f"{name}.py").write_text("raise RuntimeError('the module of the user')\n")
    (users / "program.py").write_text(
        "import flatsort\n"
        "from flatsort.files.paths import PROJECT, SHIPPED_WEIGHTS\n"
        "flatsort.Sort()\n"
        "print(flatsort.load_descriptor('fmvae-track-unseen').metric.kind)\n"
        "print(flatsort.tracker.__file__, SHIPPED_WEIGHTS, PROJECT.resolve(), sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=users,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    kind, tracker, weights, project = done.stdout.splitlines()
    assert kind == "cosine"
    assert Path(tracker) == installed / "flatsort" / "tracker" / "__init__.py"
    assert Path(weights) == installed / "flatsort" / "weights"
    assert Path(project) == users
