"""The files that a tracking run reads, and their places on a worker."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flatsort.camera_motion.registry import WORDS
from flatsort.descriptors.registry import weights_path
from flatsort.distribution.carried_files import Input
from flatsort.distribution.tracking_unit import TrackingUnit
from flatsort.errors import InputError
from flatsort.files.file_word import split_file_word
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.files.sequence import Sequence
from flatsort.images.image_file import is_image
from flatsort.sources.numbered import SequenceSource
from flatsort.tracking.run_parts import find_detections
from flatsort.tracking.run_plan import reads_images
from flatsort.tracking.tracking_request import TrackingRequest


@dataclass(frozen=True)
class Replaced:
    """Texts that a worker has put in the place of the client's.

    Attributes:
        pairs: (the worker's text, the client's text).
    """

    pairs: list[tuple[str, str]]

    def back(self, value: Any) -> Any:
        """Return a JSON value with the client's texts."""
        if isinstance(value, str):
            # A longer text may contain a shorter one.
            for here, there in sorted(self.pairs, key=lambda pair: -len(pair[0])):
                value = value.replace(here, there)
            return value
        if isinstance(value, list):
            return [self.back(each) for each in value]
        if isinstance(value, dict):
            return {key: self.back(each) for key, each in value.items()}
        return value


@dataclass(frozen=True)
class RunInputs:
    """The files that a run reads, as the client finds them; a worker cannot look them up.

    Attributes:
        footage: the footage.
        named: the files that the words of the request name.
        plugin: the plug-in; None without one.
    """

    footage: Input
    named: "tuple[NamedFile, ...]"
    plugin: Input | None

    def all(self) -> list[Input]:
        """Return each file or folder once."""
        inputs = [self.footage, *(each.input for each in self.named)]
        inputs += [] if self.plugin is None else [self.plugin]
        return list({each.root: each for each in inputs}.values())


def find_inputs(unit: TrackingUnit) -> RunInputs:
    """Check a run, and find the files that it reads.

    Raises:
        InputError: the run cannot start, or its footage is no file and no folder.
    """
    footage, request = unit.footage, unit.request
    needs_images = reads_images(footage, request)
    if isinstance(footage, Sequence):
        main = _sequence_input(footage, request, needs_images)
    else:
        main = _source_input(Path(footage.location), footage)
    plugin = None if unit.plugin is None else Input(unit.plugin.absolute())
    return RunInputs(main, tuple(_named_files(unit)), plugin)


def move_request(
    unit: TrackingUnit, found: RunInputs, places: Mapping[Path, Path]
) -> tuple[TrackingRequest, Replaced]:
    """Return a request whose words name the worker's files, and the replaced texts.

    Args:
        unit: the run.
        found: its files, from :func:`find_inputs` on the client.
        places: root of an input -> its path on this machine.
    """
    request, footage = unit.request, unit.footage
    pairs, words = [], {}
    for each in found.named:
        path = each.at(places)
        words[each.word] = each.word.replace(each.written, path)
        pairs += [(words[each.word], each.word), (path, each.written)]
    if isinstance(footage, Sequence):
        pairs.append((str(places[found.footage.root]), str(footage.folder)))
    descriptor, motion = request.descriptor, request.options.camera_motion
    linking = request.linking
    moved = replace(
        request,
        descriptor=words.get(descriptor, descriptor),
        detector=words.get(request.detector, request.detector),
        detections=words.get(request.detections, request.detections),
        options=replace(request.options, camera_motion=words.get(motion, motion)),
        linking=linking and replace(linking, descriptor=words.get(descriptor, descriptor)),
    )
    return moved, Replaced([pair for pair in pairs if pair[0] != pair[1]])


@dataclass(frozen=True)
class NamedFile:
    """A file or folder that a word of the request names.

    Attributes:
        word: the word, such as "onnx:net.onnx,size=640".
        written: the part of the word that names the file.
        path: absolute path of the file.
        input: the file, or the folder that holds it and the files beside it that belong to it.
    """

    word: str
    written: str
    path: Path
    input: Input

    def at(self, places: Mapping[Path, Path]) -> str:
        """Return the file's path on this machine."""
        return str(places[self.input.root] / self.path.relative_to(self.input.root))


def _named_files(unit: TrackingUnit) -> list[NamedFile]:
    """Return the files that the request names outside the footage."""
    request, footage = unit.request, unit.footage
    sequence = footage if isinstance(footage, Sequence) else None
    named = []
    for word in (request.descriptor, request.detector):
        prefix, _, argument = (word or "").partition(":")
        if prefix in ("onnx", "file", "features"):
            path, settings = split_file_word(argument)
            written = argument.removesuffix(",".join(["", *settings]))
            # Otherwise it is a file of the sequence.
            if path.exists():
                named.append(_named(word, written, path))
    weights = weights_path(request.descriptor)
    if weights is not None and weights.parent != SHIPPED_WEIGHTS:
        pair = (weights, weights.with_suffix(".onnx"))
        names = tuple(each.name for each in pair if each.is_file())
        path = weights.absolute()
        word = request.descriptor
        named.append(NamedFile(word, word, path, Input(path.parent, names)))
    detections = Path(request.detections)
    reads_file = sequence is not None and request.detector is None and detections.is_file()
    if reads_file and find_detections(sequence, request.detections) == detections:
        named.append(_named(request.detections, request.detections, detections))
    motion = request.options.camera_motion
    if motion is not None and motion not in WORDS:
        path = Path(motion).absolute()
        one = Input(path, (f"{unit.name}.txt",) if path.is_dir() else ())
        named.append(NamedFile(motion, motion, path, one))
    return named


def _named(word: str, written: str, path: Path) -> NamedFile:
    path = path.absolute()
    names = ()
    if path.is_dir():
        tables = [each for each in path.rglob("*") if each.is_file() and not is_image(each)]
        names = tuple(sorted(each.relative_to(path).as_posix() for each in tables))
    return NamedFile(word, written, path, Input(path, names))


def _sequence_input(sequence: Sequence, request: TrackingRequest, needs_images: bool) -> Input:
    """Return the files of a sequence that a run reads."""
    folder = sequence.folder
    paths = [folder / "seqinfo.ini"]
    if request.detector is None:
        detections = find_detections(sequence, request.detections)
        paths += [detections] if detections.parent == folder / "det" else []
    prefix, _, argument = request.descriptor.partition(":")
    if prefix == "features" and not Path(argument).expanduser().is_file():
        paths.append(folder / "det" / argument)
    if needs_images:
        if not sequence.image_folder.is_relative_to(folder):
            raise InputError(
                f"{sequence.image_folder}: with --cluster, the images must be in {folder}"
            )
        paths += [path for path in sequence.image_folder.iterdir() if is_image(path)]
    return Input(folder.absolute(), tuple(sorted(str(path.relative_to(folder)) for path in paths)))


def _source_input(path: Path, footage: object) -> Input:
    """Return the files of a source.

    Raises:
        InputError: it is an address of a network.
    """
    if isinstance(footage, SequenceSource):
        sequence = footage.sequence
        images = [each for each in sequence.image_folder.resolve().iterdir() if is_image(each)]
        names = (str(each.relative_to(path)) for each in [path / "seqinfo.ini", *images])
        return Input(path, tuple(sorted(names)))
    if path.is_dir():
        return Input(path, tuple(sorted(each.name for each in path.iterdir() if is_image(each))))
    if not path.is_file():
        raise InputError(f"--source {path}: --cluster takes files and folders: save it as a file")
    return Input(path)
