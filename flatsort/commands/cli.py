"""The parts that all command lines share: the parser, the exit status, and `flatsort` itself."""

import argparse
import re
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from flatsort.errors import InputError

SUBCOMMANDS = {
    "track": ("track", "track people through a video, a camera or MOTChallenge sequences"),
    "eval": ("eval_mot", "score result files as the MOTChallenge benchmark does"),
    "adapt": ("adapt", "train a descriptor on your own footage, without labels"),
    "report": ("report", "write a tracking run as one HTML page"),
    "overlay": ("overlay", "film a result file: tracks drawn over the frames"),
    "search": ("search", "find a person's tracks among those of many cameras"),
    "compare": ("compare_tracks", "draw the moments in which trackers differ about a person"),
    "train": ("train_descriptor", "train a descriptor on MOT-layout folders"),
    "descriptors": ("descriptor_report", "measure how well descriptors tell people apart"),
    "export": ("export_onnx", "write a trained encoder as an ONNX file"),
    "scene": ("make_scene", "render the built-in street"),
    "download": ("download", "download a MOTChallenge data set"),
    "table2": ("table2", "print the paper's Table 2 beside ours"),
    "flatness": ("flatness", "run the paper's experiments on latent spaces"),
}
"""Word after `flatsort` -> module in flatsort.commands, and its purpose in one line."""


def run(main: Callable[[], None]) -> None:
    """Run a command line; bad input becomes one sentence on stderr and exit status 2.

    An interrupt exits with 130 and a termination with 143, as shells expect, both after cleaning
    up. Anything else is a bug of ours and keeps its traceback.
    """
    # By default a terminated process stops at once and leaves its temporary files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except InputError as error:
        # The reason may quote a library's message of several lines.
        sentence = " ".join(str(error).splitlines())
        print(f"error: {sentence}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`| head`) has gone; Python would complain again when it flushes stdout.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # A folder without permission or a name too long: the user's file, not our bug.
        if error.filename is None:
            raise
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(2)


def make_parser(module: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    """The parser of one command, named after the way it was started.

    Args:
        module: the command's module in flatsort.commands, such as "eval_mot".
        description: what the command does.
        epilog: notes and examples, written with `python tools/NAME.py`; `flatsort NAME` replaces
            these words where the user started the command so.
    """
    program, is_script = f"python tools/{module}.py", Path(sys.argv[0]).stem == module
    if not is_script:
        program, description, epilog = map(_as_subcommand, (program, description, epilog))
    return argparse.ArgumentParser(
        prog=program,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def flatsort() -> None:
    """The command `flatsort`: run the sub-command that the first word names."""
    run(_flatsort)


def _flatsort() -> None:
    width = max(map(len, SUBCOMMANDS))
    parser = argparse.ArgumentParser(
        prog="flatsort",
        description="Track people, train descriptors on your own footage, score and film results.",
        epilog="commands:\n"
        + "\n".join(f"  {word:<{width}}  {purpose}" for word, (_, purpose) in SUBCOMMANDS.items())
        + "\n\nexamples:\n"
        "  flatsort track --source walk.mp4 --detector hog --descriptor fmvae-track-unseen \\\n"
        "      --video out.mp4\n"
        "  flatsort track --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=SUBCOMMANDS, metavar="COMMAND", help="see below")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="...", help="its options")
    arguments = parser.parse_args()
    module, _ = SUBCOMMANDS[arguments.command]
    import_module(f"flatsort.commands.{module}").main(arguments.words)


def _as_subcommand(text: str) -> str:
    """`python tools/NAME.py` and `tools/NAME.py` as `flatsort WORD`."""
    words = {module: word for word, (module, _) in SUBCOMMANDS.items()}
    return re.sub(
        r"(?:python )?tools/(\w+)\.py",
        lambda match: f"flatsort {words.get(match[1], match[1])}",
        text,
    )
