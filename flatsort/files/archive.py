"""Unpack a zip archive from the network without trusting its directory."""

import shutil
import stat
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from flatsort.errors import InputError
from flatsort.reid_vae.whole_file import whole_folder

MAX_BYTES = 40_000_000_000
"""Unpacked size in bytes that an archive may declare: several times MOT17, the largest data set."""
MAX_MEMBERS = 500_000
"""Number of members that an archive may declare: several times as many as MOT17 has."""
_PIECE = 1 << 20
"""Bytes that are unpacked at a time: 1 MiB, so that memory stays small and progress visible."""
_DAMAGED = (BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError, zlib.error)
"""zipfile raises these for a damaged archive; NotImplementedError for an unknown compression."""


def unpack_archive(
    archive: Path,
    folder: Path,
    inside: tuple[str, ...],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Unpack an archive into a folder, which appears complete or not at all.

    Args:
        archive: a zip file. Its members may lie under a single top folder of any name.
        folder: the folder to write; it must be absent or empty.
        inside: names such as "train"; the archive must have at least one of them at its top.
        progress: called with the number of bytes written so far and in total.

    Raises:
        InputError: the archive is no zip file, is damaged, encrypted or too large, or has members
            that lie outside the folder or overwrite each other; or the folder is not empty; or the
            disk is full.
    """
    final = folder.resolve()
    try:
        with ZipFile(archive) as opened:
            members = _strip_top(_checked(opened.infolist(), archive), inside, archive)
            final.parent.mkdir(parents=True, exist_ok=True)
            _check_room(sum(info.file_size for info in members.values()), final, archive)
            with whole_folder(final) as made:
                _write(opened, members, made, progress)
                # This fails if the folder has meanwhile got a file in it.
                if final.exists():
                    final.rmdir()
    except _DAMAGED as error:
        raise InputError(
            f"{archive}: not a complete zip archive ({error}): remove it and download it again"
        ) from error
    except OSError as error:
        raise InputError(
            f"{archive} cannot be unpacked to {folder} ({error.strerror or error}): "
            "the archive stays"
        ) from error


def _checked(infos: list[ZipInfo], archive: Path) -> dict[PurePosixPath, ZipInfo]:
    """Return the members by their paths.

    Raises:
        InputError: the archive or one of its members is refused.
    """
    if len(infos) > MAX_MEMBERS:
        raise InputError(f"{archive}: refused: it declares {len(infos):,} members")
    declared = sum(info.file_size for info in infos)
    if declared > MAX_BYTES:
        raise InputError(f"{archive}: refused: it declares {declared / 1e9:,.0f} GB")
    members: dict[PurePosixPath, ZipInfo] = {}
    # Paths of files in lower case: some file systems store "A" and "a" as the same file.
    taken: set[str] = set()
    for info in infos:
        if reason := _objection(info):
            raise InputError(f"{archive}: refused: {info.filename!r} {reason}")
        path = PurePosixPath(info.filename)
        # macOS adds these files to archives; they are not part of the data.
        if path.parts[:1] == ("__MACOSX",) or path.name == ".DS_Store" or not path.parts:
            continue
        folded = str(path).casefold()
        if not info.is_dir() and folded in taken:
            raise InputError(f"{archive}: refused: {info.filename!r} occurs twice")
        if not info.is_dir():
            taken.add(folded)
        members[path] = info
    for path, info in members.items():
        folders = path.parents if not info.is_dir() else [path, *path.parents]
        if any(str(folder).casefold() in taken for folder in folders):
            raise InputError(
                f"{archive}: refused: {info.filename!r} needs a folder where a file lies"
            )
    return members


def _objection(info: ZipInfo) -> str | None:
    """Return the reason to refuse a member; None for a good member."""
    name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 0x1:
        return "is encrypted"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    if name.startswith("/") or "\\" in name or ":" in name:
        return "is not a relative path"
    if ".." in name.split("/"):
        return "leads out of the folder"
    # With other compressions a single piece can expand without limit.
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "has a compression other than deflate"
    return None


def _strip_top(
    members: dict[PurePosixPath, ZipInfo], inside: tuple[str, ...], archive: Path
) -> dict[PurePosixPath, ZipInfo]:
    """Remove the common top folder of all members until one of `inside` is at the top."""
    while True:
        tops = {path.parts[0] for path in members}
        if tops & set(inside):
            return members
        if len(tops) != 1:
            break
        members = {
            PurePosixPath(*path.parts[1:]): info
            for path, info in members.items()
            if len(path.parts) > 1
        }
    raise InputError(f"{archive}: not the expected data: it has no folder {' or '.join(inside)}")


def _check_room(needed: int, folder: Path, archive: Path) -> None:
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise InputError(
            f"{archive}: unpacking needs {needed / 1e9:.1f} GB, but {folder.parent} has only "
            f"{free / 1e9:.1f} GB free: make room and run the same command; the archive stays"
        )


def _write(
    opened: ZipFile,
    members: dict[PurePosixPath, ZipInfo],
    folder: Path,
    progress: Callable[[int, int], None],
) -> None:
    total, done = sum(info.file_size for info in members.values()), 0
    for path, info in members.items():
        target = folder / path
        if info.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # zipfile reads no more bytes than the member declares, and compares checksums at the end.
        with opened.open(info) as source, target.open("xb") as file:
            for piece in _pieces(source):
                file.write(piece)
                done += len(piece)
                progress(done, total)


def _pieces(source: IO[bytes]) -> Iterable[bytes]:
    while piece := source.read(_PIECE):
        yield piece
