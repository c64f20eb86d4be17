"""The parts that all command lines share: quick help, failures, and the command `flatsort`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flatsort.commands import cli
from flatsort.commands.cli import SUBCOMMANDS, run
from flatsort.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = sorted(path.stem for path in (ROOT / "tools").glob("*.py"))
COMMANDS = {module: word for word, (module, _) in SUBCOMMANDS.items()}
HEAVY = (
    *("numpy", "torch", "cv2", "scipy", "pandas", "motmetrics", "av", "onnxruntime", "trackeval"),
    *("matplotlib", "sklearn", "onnx"),
)


@pytest.mark.parametrize("name", SCRIPTS)
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


def test_every_command_has_a_script_of_its_own():
    assert set(SCRIPTS) == {*COMMANDS, "command_reference", "update_pages"}
    for module, word in COMMANDS.items():
        lines = (ROOT / "tools" / f"{module}.py").read_text().splitlines()
        assert lines[0].startswith(f'"""Run `flatsort {word}` from a checkout')
        assert f"from flatsort.commands.{module} import main" in lines


@pytest.fixture
def flatsort(monkeypatch, capsys):
    """Run `flatsort` with words, as the installed command does."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["/usr/bin/flatsort", *words])
        status = 0
        try:
            cli.flatsort()
        except SystemExit as end:
            status = end.code or 0
        return status, *capsys.readouterr()

    return call


def test_the_command_lists_its_sub_commands(flatsort):
    status, out, _ = flatsort("--help")
    assert status == 0
    for word, (_, purpose) in SUBCOMMANDS.items():
        assert f"  {word} " in out and purpose in out


@pytest.mark.parametrize("word", SUBCOMMANDS)
def test_the_help_of_a_sub_command_never_names_a_script(flatsort, word):
    status, out, _ = flatsort(word, "--help")
    assert status == 0
    assert out.startswith(f"usage: flatsort {word} ")
    assert "tools/" not in out


def test_an_unknown_sub_command(flatsort):
    status, _, err = flatsort("fly")
    assert (status, err) == (
        2,
        "error: flatsort fly: no such command; flatsort --help lists them\n",
    )


def test_a_typing_mistake_suggests_what_was_meant(flatsort):
    status, _, err = flatsort("trak")
    assert (status, err) == (
        2,
        "error: flatsort trak: no such command; did you mean track?\n",
    )
    status, _, err = flatsort("track", "walk.mp4", "--descritor", "fmvae")
    assert status == 2
    assert "unrecognized arguments: --descritor fmvae; did you mean --descriptor" in err
    status, _, err = flatsort("track", "walk.mp4", "--wings")
    assert err.endswith("unrecognized arguments: --wings\n")


def failing(error):
    def main():
        raise error

    return main


def missing(monkeypatch, capsys, package, *words):
    """Return the error of a command that does not find a package."""
    monkeypatch.setattr(sys, "argv", list(words))
    error = ModuleNotFoundError(f"No module named {package!r}", name=package)
    with pytest.raises(SystemExit) as end:
        run(failing(error))
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize(
    ("word", "package", "extra"),
    [
        ("eval", "motmetrics", "eval"),
        ("track", "torchvision", "train"),
        ("train", "torch.nn", "train"),
        ("report", "jinja2", "reports"),
        # The command needs more than the smallest extra that has the package.
        ("adapt", "motmetrics", "train"),
        ("search", "tabulate", "search"),
        # The command's extra does not have the package.
        ("report", "torch", "train"),
    ],
)
def test_a_missing_package_is_one_sentence(monkeypatch, capsys, word, package, extra):
    err = missing(monkeypatch, capsys, package, "/usr/bin/flatsort", word, "--option")
    name = package.partition(".")[0]
    assert err == f"error: flatsort {word} needs {name}: pip install 'flatsort[{extra}]'\n"


def test_the_sentence_names_a_script_as_the_user_typed_it(monkeypatch, capsys):
    err = missing(monkeypatch, capsys, "pandas", "tools/eval_mot.py")
    assert err == "error: python tools/eval_mot.py needs pandas: pip install 'flatsort[eval]'\n"


def test_a_missing_module_that_no_extra_installs_keeps_its_traceback():
    with pytest.raises(ModuleNotFoundError, match="typo"):
        run(failing(ModuleNotFoundError("No module named 'flatsort.typo'", name="flatsort.typo")))


def test_bad_input_is_one_sentence_and_status_2(capsys):
    with pytest.raises(SystemExit) as end:
        run(failing(InputError("a.txt, line 3: no number")))
    assert end.value.code == 2
    assert capsys.readouterr() == ("", "error: a.txt, line 3: no number\n")


def test_a_reason_of_several_lines_becomes_one_line(capsys):
    with pytest.raises(SystemExit):
        run(failing(InputError("two\nlines")))
    assert capsys.readouterr().err == "error: two lines\n"


def test_an_interrupt_exits_with_130(capsys):
    with pytest.raises(SystemExit) as end:
        run(failing(KeyboardInterrupt()))
    assert end.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_other_exceptions_keep_their_traceback():
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError()))
    with pytest.raises(ValueError, match="not InputError"):
        run(failing(ValueError("not InputError")))


def test_success_prints_nothing(capsys):
    run(lambda: None)
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_stops_reading_is_no_error():
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
    """By default, SIGTERM ends a process without cleaning up, so that temporary files stay."""
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


FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device without space")


def print_on_full_disk(words):
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.stderr == (
        "error: cannot write the output: No space left on device: make room and give the same "
        "command\n"
    )
    assert done.returncode == 2


@needs_full
@pytest.mark.parametrize("name", SCRIPTS)
def test_help_that_cannot_be_written(name):
    """argparse by itself hides the failure, and ends with status 0."""
    print_on_full_disk([f"tools/{name}.py", "--help"])


@needs_full
@pytest.mark.parametrize(
    "statement",
    ["print('x')", "print('x', flush=True)", "print('x' * 10**6)", "print('x'); sys.exit(0)"],
)
def test_output_that_cannot_be_written(statement):
    """A short text fails only when it is flushed."""
    code = f"import sys\nfrom flatsort.commands.cli import run\ndef main():\n    {statement}\n"
    print_on_full_disk(["-c", f"{code}run(main)"])


@needs_full
def test_a_command_whose_table_cannot_be_written(tmp_path):
    truth = "".join(f"{n},1,10,20,30,40,1,1,1\n" for n in range(1, 5))
    sequence, results = tmp_path / "MOT16-90", tmp_path / "results" / "mine"
    (sequence / "gt").mkdir(parents=True)
    results.mkdir(parents=True)
    (sequence / "seqinfo.ini").write_text("[Sequence]\nframeRate=10\nseqLength=4\n")
    (sequence / "gt" / "gt.txt").write_text(truth)
    (results / "MOT16-90.txt").write_text(truth)
    print_on_full_disk(
        ["tools/eval_mot.py", "--seq", str(sequence), "--results", str(results.parent)]
    )


def test_a_closed_stdout_is_no_error():
    code = "from flatsort.commands.cli import run\nrun(lambda: print('x'))\n"
    command = f'{sys.executable} -c "$CODE" >&-'
    environment = {**os.environ, "CODE": code}
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
