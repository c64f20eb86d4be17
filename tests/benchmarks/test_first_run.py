"""benchmarks/first_run.py: both programs run, one of them without numba; no figure is asserted."""

import json
import subprocess
import sys

import pytest

from benchmarks.first_run import COMPILED, PROGRAMS, REFERENCE, main
from flatsort.errors import InputError

pytest.importorskip("numba")


@pytest.mark.parametrize(("side", "imports"), [(COMPILED, True), (REFERENCE, False)])
def test_only_one_side_loads_machine_code(side, imports, make_sequence, tmp_path):
    program = PROGRAMS[side] + "; print('flatsort.tracker.compiled.sort' in sys.modules)"
    words = ["--seq", str(make_sequence().folder), "--results", str(tmp_path / "results")]
    done = subprocess.run(
        [sys.executable, "-c", "import sys; " + program, *words], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(imports)


def test_each_side_has_a_row_beside_the_reference_engine(make_sequence, tmp_path):
    folder = make_sequence().folder
    main(["--seq", str(folder), "--descriptor", "none", "--repeat", "1", "--out", str(tmp_path)])
    rows = json.loads((tmp_path / "first_run.json").read_text())["rows"]
    assert [(row["descriptor"], row["tracker"]) for row in rows] == [
        ("none", COMPILED),
        ("none", REFERENCE),
    ]
    lines = (tmp_path / "first_run.md").read_text().splitlines()
    (line,) = [each for each in lines if REFERENCE in each and each.startswith("|")]
    assert line.count("+0.00") == 2


def test_an_error_of_track_is_passed_on(make_sequence, tmp_path):
    words = ["--seq", str(make_sequence().folder), "--descriptor", "nobody", "--out", str(tmp_path)]
    with pytest.raises(InputError, match="nobody: unknown"):
        main(words)
    assert list(tmp_path.glob("first_run.*")) == []
