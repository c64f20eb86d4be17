"""Tab completion, as a shell asks for it: variables in, completions in a file out."""

import os
import subprocess
import sys

import pytest

FLATSORT = "import sys; sys.argv = ['flatsort']; from flatsort.commands.cli import flatsort; "


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flatsort tr", ["track", "train"]),
        ("flatsort track --descr", ["--descriptor"]),
        ("flatsort track --descriptor hist", ["histogram"]),
        ("flatsort track --preset ", ["sort", "deepsort", "flatsort"]),
        ("flatsort track --detector yolox-n", ["yolox-nano"]),
        ("flatsort search in", ["index"]),
        ("flatsort search index --descriptor vhpvae-", ["vhpvae-unseen"]),
        ("flatsort report --results wal", ["walk.txt"]),
        ("flatsort overlay --results walk.txt --ima", ["--image"]),
        ("flatsort trakc --descr", []),
    ],
)
def test_completions(tmp_path, line, expected):
    (tmp_path / "walk.txt").touch()
    out = tmp_path / "completions"
    variables = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(out),
        "COMP_TYPE": "9",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    ended = subprocess.run(
        [sys.executable, "-c", f"{FLATSORT}flatsort()"],
        env={**os.environ, **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    assert out.read_text().split("\013") == (expected or [""])
