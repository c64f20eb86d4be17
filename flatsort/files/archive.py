"""Unpack a zip archive from the network, trusting nothing that it says of itself."""

import os
import shutil
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from flatsort.errors import InputError

# Bytes and members that an archive may declare: several times the largest there is (MOT17).
LARGEST = 40_000_000_000
MOST_MEMBERS = 500_000
_PIECE = 1 << 20
# What zipfile raises for a damaged archive: a compression that is none is "not implemented".
_DAMAGED = (BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError, zlib.error)


def unpack_archive(
    archive: Path,
    folder: Path,
    inside: tuple[str, ...],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Unpack into a folder, which appears whole or not at all.

    Args:
        archive: a zip file, whose members may lie under one top folder of any name.
        folder: absent or empty.
        inside: names of which at least one must be in the folder afterwards, such as "train".
        progress: told how many bytes of how many are written.

    Raises:
        InputError: the archive is no zip file, damaged, encrypted, too large, or has members that
            would end outside the folder or in each other's place; or the folder has something in
            it, or the disk no room for it.
    """
    final = folder.resolve()
    try:
        with ZipFile(archive) as opened:
            members = _strip_top(_checked(opened.infolist(), archive), inside, archive)
            final.parent.mkdir(parents=True, exist_ok=True)
            _check_room(sum(info.file_size for info in members.values()), final, archive)
            made = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
            try:
                made.chmod(0o755)  # mkdtemp makes folders only their owner can enter
                _write(opened, members, made, progress)
                # Fails if something has appeared there that is not an empty folder.
                os.replace(made, final)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    except _DAMAGED as error:
        raise InputError(
            f"{archive}: no whole zip archive ({error}): remove it and download it again"
        ) from error
    except OSError as error:
        raise InputError(
            f"{archive} cannot be unpacked to {folder} ({error.strerror or error}): "
            "the archive is kept"
        ) from error


def _checked(infos: list[ZipInfo], archive: Path) -> dict[PurePosixPath, ZipInfo]:
    """The members by their paths, or InputError with the first reason not to unpack them."""
    if len(infos) > MOST_MEMBERS:
        raise InputError(f"{archive}: refused: it declares {len(infos):,} members")
    declared = sum(info.file_size for info in infos)
    if declared > LARGEST:
        raise InputError(f"{archive}: refused: it declares {declared / 1e9:,.0f} GB")
    members: dict[PurePosixPath, ZipInfo] = {}
    # Where the file system ignores case, "A" and "a" are one file.
    taken: set[str] = set()
    for info in infos:
        if reason := _objection(info):
            raise InputError(f"{archive}: refused: {info.filename!r} {reason}")
        path = PurePosixPath(info.filename)
        # What macOS adds is nothing of the data's.
        if path.parts[:1] == ("__MACOSX",) or path.name == ".DS_Store" or not path.parts:
            continue
        folded = str(path).casefold()
        if not info.is_dir() and folded in taken:
            raise InputError(f"{archive}: refused: {info.filename!r} is there twice")
        if not info.is_dir():
            taken.add(folded)
        members[path] = info
    for path, info in members.items():
        over = path.parents if not info.is_dir() else [path, *path.parents]
        if any(str(parent).casefold() in taken for parent in over):
            raise InputError(f"{archive}: refused: {info.filename!r} is below or beside a file")
    return members


def _objection(info: ZipInfo) -> str | None:
    """Why a member is not to be unpacked."""
    name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 0x1:
        return "is encrypted"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    if name.startswith("/") or "\\" in name or ":" in name:
        return "is no relative path"
    if ".." in name.split("/"):
        return "leads out of the folder"
    # Others can expand without bound while a single piece is read.
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is compressed in a way that data sets are not"
    return None


def _strip_top(
    members: dict[PurePosixPath, ZipInfo], inside: tuple[str, ...], archive: Path
) -> dict[PurePosixPath, ZipInfo]:
    """Without the folder that all are under, until one of `inside` is at the top."""
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
    raise InputError(f"{archive}: has no folder {' or '.join(inside)} in it: not the data expected")


def _check_room(needed: int, folder: Path, archive: Path) -> None:
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise InputError(
            f"{archive}: unpacked it has {needed / 1e9:.1f} GB, {folder.parent} has "
            f"{free / 1e9:.1f} GB free: make room and run the same command, the archive is kept"
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
        # zipfile reads no more than was declared and compares checksums at the end.
        with opened.open(info) as source, target.open("xb") as file:
            for piece in _pieces(source):
                file.write(piece)
                done += len(piece)
                progress(done, total)


def _pieces(source) -> Iterable[bytes]:
    while piece := source.read(_PIECE):
        yield piece
