"""The parts that all command lines share, and the command `flatsort` itself."""

import argparse
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

from flatsort.commands import completion
from flatsort.commands.extras import describe_missing_package
from flatsort.errors import InputError, failure_text
from flatsort.files.overlap import refuse_overlap
from flatsort.messages import LEVELS, set_level

SUBCOMMANDS = {
    "track": ("track", "track people through a video, a camera or MOTChallenge sequences"),
    "link": ("link", "decide who is who over a whole recording, from results of any tracker"),
    "analyse": ("analyse", "count people at lines and in zones, with intervals"),
    "correct": ("correct", "correct swapped, torn and false tracks, as marked on a run's page"),
    "eval": ("eval_mot", "score result files as the MOTChallenge benchmark does"),
    "tune": ("tune", "search for a tracker's settings, scored on sequences left out"),
    "adapt": ("adapt", "train a descriptor on your own footage, without labels"),
    "report": ("report", "write a tracking run as one HTML page"),
    "overlay": ("overlay", "film a result file: tracks drawn over the frames"),
    "search": ("search", "find a person's tracks among those of many cameras"),
    "compare": ("compare_tracks", "draw the moments in which trackers differ about a person"),
    "train": ("train_descriptor", "train a descriptor on MOT-layout folders"),
    "pca": ("fit_pca", "fit principal components, the baseline that needs no training"),
    "descriptors": ("descriptor_report", "measure how well descriptors tell people apart"),
    "export": ("export_onnx", "write a trained encoder as an ONNX file"),
    "scene": ("make_scene", "render the built-in street"),
    "download": ("download", "download a MOTChallenge data set"),
    "table2": ("table2", "print the paper's Table 2 beside ours"),
    "sizes": ("latent_sizes", "compare latent sizes from 4 to 128"),
    "vgg16": ("vgg16", "train the paper's network of crops at three beta"),
    "flatness": ("flatness", "run the paper's experiments on latent spaces"),
}
"""Word after `flatsort` -> the command's module in flatsort.commands, and its purpose."""


_NEAR = 0.7
"""Similarity from which a word may be a mistyped other one, 0 to 1, as difflib measures it."""


class OutputPath(type(Path())):
    """A file or folder that a command writes; the type of an option."""


def run(main: Callable[[], None]) -> None:
    """Run a command line and end the process as a shell expects.

    Bad input and a missing package print one sentence on stderr and exit with status 2. An
    interrupt exits with 130, a termination with 143 and a closed terminal with 129; all clean up
    first. Output that cannot be written, as on a full disk, exits with 2 too. Any other exception
    is a bug in FlatSORT and keeps its traceback.
    """
    # By default, SIGTERM ends a process without cleaning up, so that temporary files stay.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # The same for a closed terminal, which Windows does not signal; `nohup` makes it ignored.
    closed = getattr(signal, "SIGHUP", None)
    if closed is not None and signal.getsignal(closed) is signal.SIG_DFL:
        signal.signal(closed, lambda *_: sys.exit(129))
    # A file's name may not be UTF-8. Like stderr, print its bytes as codes.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    set_level(LEVELS[0])
    try:
        main()
    except InputError as error:
        # The reason may quote a library's message of several lines.
        _fail(" ".join(str(error).splitlines()))
    except ModuleNotFoundError as error:
        program, module = _running_command()
        sentence = describe_missing_package(error.name or "", module, program)
        if sentence is None:
            raise
        _fail(sentence)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`| head`) has gone. Python would complain again when it flushes stdout.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # The user's file is at fault: a folder without permission, or a name that is too long.
        reason = failure_text(error)
        if reason is not None:
            _fail(reason)
        # A failed write leaves no trace in stdout, so try another one.
        _write_output("\n")
        raise
    finally:
        # What is still buffered must be written before the command counts as successful.
        _write_output("")


def _write_output(text: str) -> None:
    """Write a text and the rest of stdout; end the process if that fails: output is lost."""
    # Python has no stdout if the shell has closed it.
    if sys.stdout is None or sys.stdout.closed:
        return
    try:
        print(text, end="", flush=True)
    except OSError as error:
        # Python would complain again when it flushes stdout.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            sys.exit(0)
        _fail(f"cannot write the output: {error.strerror}: make room and give the same command")


def make_parser(module: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    """Return a command's parser, whose help names the command as the user typed it.

    Args:
        module: the command's module in flatsort.commands, such as "eval_mot".
        description: one sentence on the command's work.
        epilog: notes and examples, which say `python tools/NAME.py`. If the user typed `flatsort
            WORD`, the help says that instead.
    """
    program = f"python tools/{module}.py"
    is_script = Path(sys.argv[0]).stem == module
    parser_class = _CommandParser if is_script else _SubcommandParser
    parser = parser_class(
        prog=program if is_script else _as_subcommand(program),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    messages = parser.add_mutually_exclusive_group()
    messages.add_argument(
        "--log-level",
        choices=LEVELS,
        metavar="LEVEL",
        help="info: show results, progress, notes and warnings; warning: leave out progress and "
        "notes; error: leave out warnings too (info)",
    )
    messages.add_argument(
        "--quiet",
        dest="log_level",
        action="store_const",
        const="warning",
        help="the same as --log-level warning",
    )
    return parser


def flatsort() -> None:
    """Run the command `flatsort`, whose first word names the sub-command."""
    run(_flatsort)


def _flatsort() -> None:
    width = max(map(len, SUBCOMMANDS))
    parser = _Parser(
        prog="flatsort",
        description="Track people, train descriptors on your own footage, score and film results.",
        epilog="commands:\n"
        + "\n".join(f"  {word:<{width}}  {purpose}" for word, (_, purpose) in SUBCOMMANDS.items())
        + "\n\nexamples:\n"
        "  flatsort track walk.mp4 --descriptor fmvae-track-unseen --video out.mp4\n"
        "  flatsort track --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=SUBCOMMANDS, metavar="COMMAND", help="see below")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="...", help="its options")
    if completion.is_waiting():
        word, *_ = [*completion.words_before(), None]
        if word not in SUBCOMMANDS:
            completion.complete(parser)
        completion.begin_at_subcommand()
        import_module(f"flatsort.commands.{SUBCOMMANDS[word][0]}").main([])
    word = next((each for each in sys.argv[1:] if not each.startswith("-")), None)
    if word is not None and word not in SUBCOMMANDS:
        hint = _suggestion(word, SUBCOMMANDS) or "; flatsort --help lists them"
        _fail(f"flatsort {word}: no such command{hint}")
    arguments = parser.parse_args()
    module, _ = SUBCOMMANDS[arguments.command]
    import_module(f"flatsort.commands.{module}").main(arguments.words)


def _suggestion(word: str, known: Iterable[str]) -> str:
    """Return a question that names the nearest known words; empty if none is near."""
    near = get_close_matches(word, known, n=2, cutoff=_NEAR)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _fail(sentence: str) -> NoReturn:
    print(f"error: {sentence}", file=sys.stderr)
    sys.exit(2)


def _running_command() -> tuple[str, str]:
    """Return the command as the user typed it, and its module in flatsort.commands, else ""."""
    script = Path(sys.argv[0])
    if script.stem == "flatsort":
        word = next(iter(sys.argv[1:]), "")
        return f"flatsort {word}", SUBCOMMANDS.get(word, ("", ""))[0]
    return f"python {script}", script.stem


class _Parser(argparse.ArgumentParser):
    """A parser that does not hide that its help cannot be written."""

    def _print_message(self, message: str, file: IO[str] | None = None) -> None:
        print(message, end="", file=sys.stderr if file is None else file)


class _CommandParser(_Parser):
    """A parser that suggests the option that was meant, and protects the inputs.

    A command line whose outputs would overwrite its inputs is refused.
    """

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error, with the nearest options, and exit with status 2."""
        unknown = re.match(r"unrecognized arguments: (--?[^\s=]+)", message)
        if unknown:
            message += _suggestion(unknown[1], self._option_string_actions)
        super().error(message)

    def parse_args(
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse the command line.

        Raises:
            InputError: an option of type :class:`OutputPath` names a file that another one names.
        """
        if completion.is_waiting():
            completion.complete(self)
        arguments = super().parse_args(args, namespace)
        # A command that another one runs has no such option, and keeps the level.
        if arguments.log_level is not None:
            set_level(arguments.log_level)
        outputs, inputs = [], []
        for name, value in vars(arguments).items():
            for word in value if isinstance(value, list | tuple) else [value]:
                if isinstance(word, OutputPath):
                    outputs.append(word)
                # Folders of results are read and written; only footage must stay as it is.
                elif isinstance(word, str | Path) and (name == "source" or not Path(word).is_dir()):
                    inputs.append(word)
        refuse_overlap(outputs, inputs)
        return arguments


class _SubcommandParser(_CommandParser):
    """A parser whose help says `flatsort WORD` where the text says `python tools/NAME.py`."""

    def format_help(self) -> str:
        return _as_subcommand(super().format_help())


def _as_subcommand(text: str) -> str:
    """Replace `python tools/NAME.py` and `tools/NAME.py` by `flatsort WORD`."""
    words = {module: word for word, (module, _) in SUBCOMMANDS.items()}
    return re.sub(
        r"(?:python )?tools/(\w+)\.py",
        lambda match: f"flatsort {words.get(match[1], match[1])}",
        text,
    )
