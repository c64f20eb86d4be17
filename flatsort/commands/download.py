"""Download a MOTChallenge data set and unpack it into the folder that other commands read."""

import argparse
import hashlib
import string
import sys
from pathlib import Path
from zipfile import is_zipfile

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError
from flatsort.files.challenges import CHALLENGES, LICENCE, Challenge
from flatsort.files.partial_download import part_path
from flatsort.files.paths import DATA
from flatsort.messages import LOGGER

EXAMPLES = """\
If the download is cut off or stopped, the same command continues it. A complete data set stays as
it is. The -labels sets have boxes and ground truth but no frames: enough for SORT and for scoring.

examples:
  # into data/MOT16: 2 GB, and another 2 GB while the archive is unpacked
  python tools/download.py mot16
  # boxes only, into data/MOT17Labels
  python tools/download.py mot17-labels
  # from a mirror onto another disk; the archive's digest is checked and the archive stays
  python tools/download.py mot16 --to /media/disk --url https://example.org/MOT16.zip \\
      --sha256 0123...cdef --keep-archive
"""


def main(words: list[str] | None = None) -> None:
    """Download, check and unpack a data set, and print each step."""
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
                print(f"{kept} stays: the same command continues from there", file=sys.stderr)
        raise
    print(f"{folder}: unpacked")
    if missing := challenge.missing(folder):
        LOGGER.info(f"the archive lacks {_some(missing)}")
    if not challenge.has_seqinfo and not any(folder.glob("*/*/seqinfo.ini")):
        LOGGER.info("its sequences have no seqinfo.ini, which the other commands need")
    if folder != DATA / "MOT16":
        print(f"to use it, give other commands --mot-root {folder}")


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser(
        "download",
        description=__doc__,
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("set", choices=CHALLENGES, metavar="SET", help=f"one of {', '.join(CHALLENGES)}")
    add(
        "--to",
        type=Path,
        default=DATA,
        metavar="DIR",
        help="where to put the folder of the set (data)",
    )
    add("--url", metavar="URL", help="address of the archive (motchallenge.net)")
    add("--sha256", metavar="HEX", help="refuse an archive with another digest")
    add("--keep-archive", action="store_true", help="keep the zip file in DIR")
    options = parser.parse_args(words)
    digest = options.sha256
    if digest and (len(digest) != 64 or set(digest) - set(string.hexdigits)):
        raise InputError(f"--sha256 is {digest!r}: give 64 hexadecimal digits")
    return options


def _is_there(challenge: Challenge, folder: Path) -> bool:
    """Whether the folder holds the complete set.

    Raises:
        InputError: the folder holds other files or a part of the set; nothing is overwritten.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    missing = challenge.missing(folder)
    if missing:
        raise InputError(
            f"{folder} exists but lacks {_some(missing)}: move it away or give --to another folder"
        )
    return True


def _some(missing: list[str]) -> str:
    return missing[0] + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")


def _obtain(challenge: Challenge, archive: Path, folder: Path, options: argparse.Namespace) -> None:
    from flatsort.files.archive import unpack_archive
    from flatsort.files.download_bar import DownloadBar

    expected = options.sha256 or challenge.sha256
    was_there = archive.exists()
    if was_there:
        print(f"{archive} exists: not downloaded again")
        _check(archive, expected)
    else:
        _fetch(options.url or challenge.url, archive, expected)
    bar = DownloadBar(f"unpacking {archive.name}")
    try:
        unpack_archive(archive, folder, ("train", "test"), bar.moved)
    finally:
        bar.close()
    # An archive from before this run belongs to the user.
    if not options.keep_archive and not was_there:
        archive.unlink()


def _fetch(url: str, archive: Path, expected: str | None) -> None:
    from flatsort.files.download_bar import DownloadBar
    from flatsort.files.fetch import fetch_file

    bar = DownloadBar(archive.name)

    def check(part: Path) -> None:
        bar.close()  # else the digest is printed into the bar's line
        _check(part, expected)

    try:
        fetch_file(url, archive, check, bar)
    finally:
        bar.close()


def _check(archive: Path, expected: str | None) -> None:
    """Print the archive's digest.

    Raises:
        InputError: the digest differs from the expected one, or the file is not a zip archive.
    """
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    again = f"remove {archive} to download it again"
    if expected and found != expected.lower():
        raise InputError(f"{archive}: SHA-256 is {found}, not {expected.lower()}: {again}")
    if not is_zipfile(archive):
        raise InputError(f"{archive}: not a complete zip archive, perhaps an error page: {again}")
    verdict = "as expected" if expected else "not compared: no digest is known"
    print(f"SHA-256 {found} ({verdict})", flush=True)
