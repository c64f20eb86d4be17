"""Download a MOTChallenge data set and unpack it to where the other commands look for it."""

import argparse
import hashlib
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import is_zipfile

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError
from flatsort.files.challenges import CHALLENGES, LICENCE, Challenge
from flatsort.files.partial_download import part_path
from flatsort.files.paths import DATA

if TYPE_CHECKING:
    from tqdm import tqdm

EXAMPLES = """\
Cut off or stopped, the same command goes on where it was. A set that is there is left alone. The
-labels sets have boxes and ground truth but no frames: enough for SORT and for scoring.

examples:
  # to data/MOT16: 2 GB, and as much again while it is unpacked
  python tools/download.py mot16
  # boxes only, to data/MOT17Labels
  python tools/download.py mot17-labels
  # another disk, from a mirror, whose archive is checked and kept
  python tools/download.py mot16 --to /media/disk --url https://example.org/MOT16.zip \\
      --sha256 0123...cdef --keep-archive
"""


def main(words: list[str] | None = None) -> None:
    """Download, check, unpack; say what was done."""
    options = _parse(words)
    challenge = CHALLENGES[options.set]
    folder, archive = options.to / challenge.folder, options.to / challenge.archive
    if _is_there(challenge, folder):
        print(f"{folder} is already there and complete: nothing to download")
        return
    print(LICENCE, flush=True)
    try:
        _obtain(challenge, archive, folder, options)
    except KeyboardInterrupt:
        for kept in (archive, part_path(archive)):
            if kept.exists():
                print(f"{kept} is kept: the same command goes on from there", file=sys.stderr)
        raise
    print(f"{folder}: unpacked")
    if missing := challenge.missing(folder):
        print(f"note: {_some(missing)} did not come with it")
    if not challenge.has_seqinfo and not any(folder.glob("*/*/seqinfo.ini")):
        print("note: its sequences come without seqinfo.ini, which the other commands need")
    if folder != DATA / "MOT16":
        print(f"use it with --mot-root {folder}")


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser(
        "download",
        description=__doc__,
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("set", choices=CHALLENGES, metavar="SET", help=f"one of {', '.join(CHALLENGES)}")
    add("--to", type=Path, default=DATA, metavar="DIR", help="gets the set's folder (data)")
    add("--url", metavar="URL", help="the archive at another address (motchallenge.net's)")
    add("--sha256", metavar="HEX", help="refuse an archive with another digest")
    add("--keep-archive", action="store_true", help="leave the zip file in DIR afterwards")
    options = parser.parse_args(words)
    digest = options.sha256
    if digest and (len(digest) != 64 or set(digest) - set(string.hexdigits)):
        raise InputError(f"--sha256 is {digest!r}: give 64 hexadecimal digits")
    return options


def _is_there(challenge: Challenge, folder: Path) -> bool:
    """Whether the set is there; what is there of it, or of another thing, is not overwritten."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    missing = challenge.missing(folder)
    if missing:
        raise InputError(
            f"{folder} is there but lacks {_some(missing)}: it is left as it is; move it away, "
            "or give --to another folder"
        )
    return True


def _some(missing: list[str]) -> str:
    return missing[0] + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")


def _obtain(challenge: Challenge, archive: Path, folder: Path, options: argparse.Namespace) -> None:
    # Imported here so that --help answers at once.
    from flatsort.files.archive import unpack_archive

    expected = options.sha256 or challenge.sha256
    was_there = archive.exists()
    if was_there:
        print(f"{archive} is there: not downloaded again")
        _check(archive, expected)
    else:
        _fetch(options.url or challenge.url, archive, expected)
    with _bar(f"unpacking {archive.name}") as bar:
        unpack_archive(archive, folder, ("train", "test"), lambda *state: _move(bar, *state))
    # An archive that the user put there is not ours to remove.
    if not options.keep_archive and not was_there:
        archive.unlink()


def _fetch(url: str, archive: Path, expected: str | None) -> None:
    from flatsort.files.fetch import Progress, fetch_file

    with _bar(archive.name) as bar:

        class Shown(Progress):
            def moved(self, have: int, total: int | None) -> None:
                _move(bar, have, total)

            def noted(self, sentence: str) -> None:
                bar.write(sentence, file=sys.stderr)

        def check(part: Path) -> None:
            bar.close()  # or what is printed ends up in its line
            _check(part, expected)

        fetch_file(url, archive, check, Shown())


def _check(archive: Path, expected: str | None) -> None:
    """Print the digest; raise InputError if it is not the one expected, or the file no zip."""
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    again = f"remove {archive} to download it again"
    if expected and found != expected.lower():
        raise InputError(f"{archive}: SHA-256 is {found}, not {expected.lower()}: {again}")
    if not is_zipfile(archive):
        raise InputError(f"{archive}: no whole zip archive, perhaps an error page: {again}")
    verdict = "as expected" if expected else "no digest is known to compare it with"
    print(f"SHA-256 {found} ({verdict})", flush=True)


def _bar(words: str) -> "tqdm":
    from tqdm import tqdm

    return tqdm(desc=words, unit="B", unit_scale=True, mininterval=0.5)


def _move(bar: "tqdm", done: int, total: int | None) -> None:
    """To where it is, which after a start from the beginning lies further back."""
    bar.total = total
    bar.update(done - bar.n)
