"""Write the rendered scene as a MOT16 folder, whole or not at all."""

import configparser
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from flatsort.errors import InputError
from flatsort.processors import available_cores, worker_pool
from flatsort.reid_vae.whole_file import whole_folder
from flatsort.scene.render import Scene, Truth
from flatsort.scene.scene_kind import USUAL, SceneKind
from flatsort.scene.simulated_detector import USUAL_DETECTOR, SimulatedDetector
from flatsort.scene.world import HEIGHT, WIDTH, camera_at

MAKER = "make_scene"  # `madeBy` in seqinfo.ini, which tells our folders from all others
JPEG_QUALITY = 90  # 0 to 100, as OpenCV counts
WORTH_A_POOL = 60  # from this number of frames on, worker processes save more than they cost
FRAMES_AT_A_TIME = 60  # neighbouring frames per task of a worker; they share most figures


@dataclass(frozen=True)
class Summary:
    """Numbers of the frames, identities, ground-truth rows and detection rows written."""

    frames: int
    identities: int
    truth_rows: int
    detection_rows: int


def write_scene(
    folder: Path,
    seed: int,
    frames: int,
    progress: Callable[[Iterable], Iterable] = iter,
    kind: SceneKind = USUAL,
) -> Summary:
    """Render a scene into ``folder``; an older scene there is replaced.

    Args:
        folder: folder to write; its last part becomes the name of the sequence.
        seed: seed of the people, their paths, the street, the camera and the detector's errors.
        frames: number of frames, at the frame rate of ``kind``.
        progress: wraps the iteration over frame numbers, as ProgressBar does.
        kind: crowds, clothes, camera, detector and frame rate.

    Raises:
        InputError: ``folder`` exists and is not a scene of this program, or it cannot be written.
    """
    folder = folder.resolve()
    check_replaceable(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(folder) as made:
            summary = _write(made, folder.name, seed, frames, progress, kind)
            # A folder that appeared during rendering must not be overwritten either.
            check_replaceable(folder)
    except OSError as error:
        raise InputError(
            f"cannot write {folder} ({error.strerror}): choose another --out"
        ) from error
    return summary


def check_replaceable(folder: Path) -> None:
    """Raise InputError if ``folder`` exists and is not a scene made by this program."""
    if not folder.exists():
        return
    info = configparser.ConfigParser(interpolation=None)
    try:
        info.read(folder / "seqinfo.ini", encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        info.clear()
    if info.get("Sequence", "madeBy", fallback="") != MAKER:
        raise InputError(
            f"{folder} exists and was not written by make_scene: choose another --out or remove it"
        )


def _write(
    folder: Path,
    name: str,
    seed: int,
    frames: int,
    progress: Callable[[Iterable], Iterable],
    kind: SceneKind,
) -> Summary:
    """Write frames, ground truth, detections and seqinfo.ini into an empty folder."""
    for part in ("img1", "gt", "det"):
        (folder / part).mkdir()
    config = USUAL_DETECTOR.with_noise(kind.detector_noise)
    detector, identities = SimulatedDetector(seed, config), set()
    truth_lines, detection_lines = [], []
    pictures = _render(seed, frames, kind)
    # zip takes the number first, so the progress bar moves as pictures arrive.
    for frame, (data, truth) in zip(progress(range(1, frames + 1)), pictures, strict=False):
        (folder / "img1" / f"{frame:06d}.jpg").write_bytes(data)
        identities.update(truth.ids.tolist())
        truth_lines += _truth_lines(frame, truth)
        camera = camera_at(seed, kind.rendered_frame(frame), kind.carried)
        detection_lines += _detection_lines(frame, detector.detect(truth, camera))
    # MOT16 lists ground truth person by person, and detections frame by frame.
    truth_lines.sort(key=lambda line: (line[1], line[0]))
    (folder / "gt" / "gt.txt").write_text("".join(text for *_, text in truth_lines))
    (folder / "det" / "det.txt").write_text("".join(detection_lines))
    (folder / "seqinfo.ini").write_text(_seqinfo(name, frames, kind.frame_rate))
    return Summary(frames, len(identities), len(truth_lines), len(detection_lines))


def _render(seed: int, frames: int, kind: SceneKind) -> Iterator[tuple[bytes, Truth]]:
    """Yield the encoded picture and the truth of each frame, in order; all cores draw."""
    numbers = [kind.rendered_frame(frame) for frame in range(1, frames + 1)]
    render = functools.partial(_render_some, seed, kind.rendered_frame(frames), kind)
    if frames < WORTH_A_POOL:
        yield from render(numbers)
        return
    parts = [numbers[i : i + FRAMES_AT_A_TIME] for i in range(0, frames, FRAMES_AT_A_TIME)]
    with worker_pool(min(available_cores(), len(parts))) as pool:
        for part in pool.map(render, parts):
            yield from part


def _render_some(
    seed: int, last: int, kind: SceneKind, numbers: list[int]
) -> list[tuple[bytes, Truth]]:
    scene = _scene(seed, last, kind)
    return [(_encode(picture), truth) for picture, truth in map(scene.frame, numbers)]


@functools.cache
def _scene(seed: int, last: int, kind: SceneKind) -> Scene:
    """Return the scene, made once per process, because all frames share street and figures."""
    return Scene(seed, last, kind)


def _encode(picture: np.ndarray) -> bytes:
    encoded, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not encoded:
        raise RuntimeError("OpenCV could not encode a frame")
    return data.tobytes()


def _truth_lines(frame: int, truth: Truth) -> list[tuple[int, int, str]]:
    rows = zip(truth.ids.tolist(), truth.boxes_tlwh, truth.visibilities, strict=True)
    return [
        (frame, identity, f"{frame},{identity},{_numbers(box)},1,1,{visible:.3f}\n")
        for identity, box, visible in rows
    ]


def _detection_lines(frame: int, detections: np.ndarray) -> list[str]:
    return [f"{frame},-1,{_numbers(row[:4])},{row[4]:.3f},-1,-1,-1\n" for row in detections]


def _numbers(box_tlwh: np.ndarray) -> str:
    """Return a box as text; files of MOTChallenge count pixels from 1."""
    left, top, width, height = box_tlwh
    return f"{left + 1:.2f},{top + 1:.2f},{width:.2f},{height:.2f}"


def _seqinfo(name: str, frames: int, frame_rate: int) -> str:
    return (
        f"[Sequence]\nname={name}\nimDir=img1\nframeRate={frame_rate}\nseqLength={frames}\n"
        f"imWidth={WIDTH}\nimHeight={HEIGHT}\nimExt=.jpg\nmadeBy={MAKER}\n"
    )
