"""What all command lines share: help at once, and how they fail."""

import subprocess
import sys

import pytest

from flatsort.commands.cli import run
from flatsort.errors import InputError

TOOLS = [
    *("track", "eval_mot", "overlay", "train_descriptor", "make_scene", "table2"),
    *(
        "update_pages",
        "command_reference",
        "compare_tracks",
        "descriptor_report",
        "export_onnx",
        "download",
        "search",
    ),
]
HEAVY = (
    *("numpy", "torch", "cv2", "scipy", "pandas", "motmetrics", "av", "onnxruntime", "trackeval"),
    *("matplotlib", "sklearn", "onnx"),
)


@pytest.mark.parametrize("name", TOOLS)
def test_help_has_examples_and_loads_nothing_heavy(name):
    code = (
        f"import sys, tools.{name} as tool\n"
        "try:\n    tool.main(['--help'])\n"
        "except SystemExit as end:\n    status = end.code\n"
        f"print('LOADED', status, [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *text, last = done.stdout.splitlines()
    assert last == "LOADED 0 []"
    assert "examples" in "\n".join(text).lower()
    assert "usage: " in text[0]


def failing(error):
    def main():
        raise error

    return main


def test_bad_input_is_one_sentence_and_status_2(capsys):
    with pytest.raises(SystemExit) as end:
        run(failing(InputError("a.txt, line 3: no number")))
    assert end.value.code == 2
    assert capsys.readouterr() == ("", "error: a.txt, line 3: no number\n")


def test_a_reason_of_several_lines_is_one_sentence_all_the_same(capsys):
    with pytest.raises(SystemExit):
        run(failing(InputError("two\nlines")))
    assert capsys.readouterr().err == "error: two lines\n"


def test_an_interrupt_is_told_to_the_shell(capsys):
    with pytest.raises(SystemExit) as end:
        run(failing(KeyboardInterrupt()))
    assert end.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_bug_of_ours_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError()))
    with pytest.raises(ValueError, match="not InputError"):
        run(failing(ValueError("not InputError")))


def test_a_good_end_is_silent(capsys):
    run(lambda: None)
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_goes_away_is_no_error():
    code = (
        "from flatsort.commands.cli import run\n"
        "def main():\n    for _ in range(100000):\n        print('line')\n"
        "run(main)"
    )
    command = f'{sys.executable} -c "$CODE" | head -n 1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", command],
        env={"CODE": code, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "line\n0\n"
    assert done.stderr == ""


def test_a_terminated_command_cleans_up(tmp_path):
    """By default a process that gets SIGTERM stops where it is, and temporary files stay."""
    code = (
        "import os, signal, sys\n"
        "from flatsort.files.atomic import atomic_writer\n"
        "from flatsort.commands.cli import run\n"
        "def main():\n"
        "    with atomic_writer(sys.argv[1]) as handle:\n"
        "        handle.write('half')\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "run(main)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "a.txt"], check=False)
    assert done.returncode == 143
    assert not list(tmp_path.iterdir())
