"""Small valid files of every kind that FlatSORT reads, and the functions that read them."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from flatsort.camera_motion.movement_file import MovementFile
from flatsort.correction.edits import read_edits
from flatsort.descriptors.feature_file import read_features
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.descriptors.registry import load_descriptor
from flatsort.detectors.kept_boxes import DamagedBoxes, KeptBoxes
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.exchange.registry import read_boxes
from flatsort.files.archive import unpack_archive
from flatsort.files.mot_files import read_detections, read_ground_truth, read_results
from flatsort.files.sequence import open_sequence
from flatsort.images.image_file import read_image
from flatsort.images.video import VideoWriter
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.weights.weights_file import WeightsError
from flatsort.retrieval.index_file import read_index, write_index
from flatsort.retrieval.track_index import IndexedSource, TrackIndex
from flatsort.sources.registry import open_source
from flatsort.sources.source import Frame
from flatsort.tracker import AppearanceMetric, Detections
from flatsort.tracking.preset_file import read_preset
from flatsort.tracking.run_record import make_run_record, read_run_record, write_run_record
from flatsort.tracking.run_statistics import RunStatistics
from flatsort.tracking.tracker_options import TrackerOptions
from flatsort.training.crop_files import read_crops, write_crops

REFUSALS = (InputError, WeightsError, TrainingError, DamagedBoxes)
"""The errors that say in one sentence what is wrong with a file."""
_FRAMES = 8
_ROWS = "".join(f"{frame},{i},{9 * i}.5,20,15,40,0.9,1,1\n" for frame in (1, 2, 5) for i in (1, 2))


@dataclass(frozen=True)
class Reader:
    """A kind of file.

    Attributes:
        name: the kind.
        make: writes a valid file, and what belongs to it, into an empty folder; returns its path.
        read: reads the file as the product does.
        share: share of the attack; slow readers get less.
    """

    name: str
    make: Callable[[Path], Path]
    read: Callable[[Path], object]
    share: float = 1.0


def _text(name: str, content: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_text(content)
        return folder / name

    return make


def _json(name: str, content: object) -> Callable[[Path], Path]:
    return _text(name, json.dumps(content, indent=1))


def _sequence(folder: Path) -> Path:
    (folder / "img1").mkdir()
    for number in range(1, _FRAMES + 1):
        cv2.imwrite(str(folder / "img1" / f"{number:06d}.jpg"), np.zeros((8, 8, 3), np.uint8))
    path = folder / "seqinfo.ini"
    path.write_text(
        f"[Sequence]\nname=walk\nimDir=img1\nframeRate=25\nseqLength={_FRAMES}\nimWidth=8\n"
        "imHeight=8\nimExt=.jpg\n"
    )
    return path


def _yolo(folder: Path) -> Path:
    (folder / "labels").mkdir()
    (folder / "labels" / "classes.txt").write_text("person\ncar\n")
    path = folder / "labels" / "000001.txt"
    path.write_text("0 0.5 0.5 0.2 0.4 0.9 1\n1 0.25 0.5 0.1 0.2 0.8 2\n")
    return path


def _record(folder: Path) -> Path:
    results = folder / "walk.txt"
    results.write_text("1,1,0,0,5,5,1,-1,-1,-1\n")
    record = make_run_record(
        RunStatistics(frames=7, size=(64, 48), identities=2, detections=9, confident=8),
        TrackerOptions(min_confidence=0.5, max_age=4),
        sequence="walk",
        source="/films/walk.mp4",
        frame_rate=29.97,
        tracker="fmvae@hog",
        descriptor="fmvae",
        detector="hog",
        film=None,
        notes=["walk ended with frame 7"],
        classes={"1": "person"},
    )
    write_run_record(results, record)
    return folder / "walk.json"


def _features(folder: Path) -> Path:
    random = np.random.default_rng(0)
    np.save(folder / "features.npy", random.uniform(1, 9, (6, 14)).astype(np.float32))
    return folder / "features.npy"


def _feature_cache(folder: Path) -> Path:
    frames = np.array([1, 1, 2], "i4")
    boxes, features = np.ones((3, 4), "f4"), np.ones((3, 5), "f4")
    FeatureRows(frames, boxes, features).write(folder / "cache.npz", "key")
    return folder / "cache.npz"


def _box_cache(folder: Path) -> Path:
    kept = KeptBoxes()
    kept.add(1, Detections(np.array([[1.0, 2, 3, 4]]), np.array([0.9])))
    kept.add(2, Detections(np.empty((0, 4)), np.empty(0)))
    kept.write(folder / "boxes.npz", "key")
    return folder / "boxes.npz"


def _index(folder: Path) -> Path:
    picture = cv2.imencode(".jpg", np.zeros((20, 10, 3), np.uint8))[1].tobytes()
    index = TrackIndex(
        descriptor="histogram",
        fingerprint="f",
        metric=AppearanceMetric("cosine", 0.3, np.zeros(4)),
        sources=(IndexedSource("a", "/results/a.txt", "/a"),),
        track_sources=np.array([0, 0]),
        track_ids=np.array([1, 2]),
        spans=np.array([[1, 3], [2, 4]]),
        pictured=np.array([0, 1]),
        pictures=(picture, picture),
        owners=np.array([0, 1]),
        frames=np.array([1, 2]),
        boxes_tlwh=np.ones((2, 4), np.float32),
        features=np.ones((2, 4), np.float32),
    )
    write_index(folder / "people.npz", index)
    return folder / "people.npz"


def _crops(folder: Path) -> Path:
    write_crops(folder, (2, 8, 8, 3), [np.zeros((2, 8, 8, 3), np.uint8)], frames=np.array([1, 2]))
    return folder / "index.npz"


def _weights(folder: Path) -> Path:
    import torch

    from flatsort.reid_vae.model.architecture import Architecture
    from flatsort.reid_vae.model.vhpvae import VHPVAE
    from flatsort.reid_vae.weights.weights import save_weights

    torch.manual_seed(1)
    architecture = Architecture(
        image_size=16,
        observed_size=8,
        latent_size=8,
        prior_latent_size=4,
        encoder_channels=(4, 8),
        encoder_convolutions=(1, 1),
        decoder_channels=(8, 4),
        prior_hidden=(16,),
    )
    path = folder / "tiny.safetensors"
    card = {"calibration": {"kind": "cosine", "gate": 0.3}}
    save_weights(path, VHPVAE(architecture), card)
    return path


def _checkpoint(folder: Path) -> Path:
    import torch

    from flatsort.reid_vae.training.checkpoint import save_checkpoint

    state = {"step": 3, "model": {"weight": torch.zeros(2, 2)}}
    save_checkpoint(folder / "checkpoint.pt", {"crops": "1234"}, state)
    return folder / "checkpoint.pt"


def _read_checkpoint(path: Path) -> object:
    from flatsort.reid_vae.training.checkpoint import load_checkpoint

    return load_checkpoint(path, {"crops": "1234"})


def _network(folder: Path, output: list[int], nodes: str) -> Path:
    import onnx
    from onnx import TensorProto, helper

    pool = helper.make_node("GlobalAveragePool", ["images"], ["y"])
    value = helper.make_tensor("v", TensorProto.FLOAT, output, np.ones(np.prod(output)).tolist())
    constant = helper.make_node("Constant", [], ["y"], value=value)
    graph = helper.make_graph(
        [pool if nodes == "pool" else constant],
        "net",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 32, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, output)],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    if nodes != "pool":
        helper.set_model_props(model, {"names": "{0: 'person'}", "stride": "32"})
    onnx.save(model, str(folder / "net.onnx"))
    return folder / "net.onnx"


def _picture(ending: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        image = np.random.default_rng(0).integers(0, 255, (24, 16, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / f"a{ending}"), image)
        return folder / f"a{ending}"

    return make


def _film(folder: Path) -> Path:
    with VideoWriter(folder / "a.mp4", 25) as film:
        for value in range(_FRAMES):
            film.write(np.full((48, 64, 3), 20 * value, np.uint8))
    return folder / "a.mp4"


def _archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("MOT/train/a/seqinfo.ini", "[Sequence]\n" * 5)
        archive.writestr("MOT/train/a/det/det.txt", _ROWS)
    return folder / "data.zip"


def _unpack(path: Path) -> object:
    from shutil import rmtree

    unpacked = path.with_name("unpacked")
    rmtree(unpacked, ignore_errors=True)
    unpack_archive(path, unpacked, ("train",))
    return unpacked


def _decode(path: Path) -> object:
    with open_source(str(path)) as source:
        return [frame.number for frame in source.frames()]


def _detect(path: Path) -> object:
    return load_detector(f"onnx:{path}")(Frame(1, 0.0, np.zeros((48, 64, 3), np.uint8)))


def _describe(word: str, path: Path) -> object:
    descriptor = load_descriptor(f"{word}{path}")
    assert descriptor is not None
    return descriptor(np.zeros((48, 64, 3), np.uint8), np.array([[4.0, 4, 20, 40]]))


_COCO = {
    "images": [{"id": n, "file_name": f"{n}.jpg", "frame_id": n} for n in (0, 1)],
    "categories": [{"id": 1, "name": "person"}],
    "annotations": [
        {"id": n, "image_id": n, "category_id": 1, "bbox": [1, 2, 3.5, 4], "instance_id": 7}
        for n in (0, 1)
    ],
}
_CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><labels><label><name>person</name></label></labels>
</task></meta><track id="0" label="person"><box frame="0" outside="0" occluded="0" keyframe="1"
xtl="1.5" ytl="2.0" xbr="30.0" ybr="40.0"></box><box frame="1" outside="1" xtl="1" ytl="2" xbr="3"
ybr="4"></box></track></annotations>
"""
_STUDIO_VALUE = {"x": 10, "y": 20, "width": 5, "height": 9, "rectanglelabels": ["person"]}
_LABEL_STUDIO = [
    {
        "data": {"image": f"{n}.jpg"},
        "annotations": [
            {
                "result": [
                    {
                        "type": "rectanglelabels",
                        "original_width": 640,
                        "original_height": 360,
                        "value": _STUDIO_VALUE,
                    }
                ]
            }
        ],
    }
    for n in (1, 2)
]
_EDITS = {
    "results": "walk.txt",
    "sha256": "0" * 64,
    "edits": [
        {"kind": "swap", "frame": 2, "ids": [1, 2]},
        {"kind": "split", "frame": 3, "ids": [1]},
    ],
}

READERS = (
    Reader("results", _text("a.txt", _ROWS), lambda path: read_results(path, 9)),
    Reader("detections", _text("a.txt", _ROWS), lambda path: read_detections(path, 9)),
    Reader(
        "ground truth", _text("gt.txt", _ROWS), lambda path: read_ground_truth(path, 9, "MOT16")
    ),
    Reader("seqinfo.ini", _sequence, lambda path: open_sequence(path.parent)),
    Reader("movements", _text("m.txt", "0 1 0 2 0 1 .5\n1 1 0 2 0 1 .5\n"), MovementFile),
    Reader("COCO", _json("a.json", _COCO), read_boxes),
    Reader("CVAT", _text("a.xml", _CVAT), read_boxes),
    Reader("Label Studio", _json("a.json", _LABEL_STUDIO), read_boxes),
    Reader("YOLO", _yolo, lambda path: read_boxes(path.parent)),
    Reader("record of a run", _record, lambda path: read_run_record(path.with_suffix(".txt"))),
    Reader("edits", _json("edits.json", _EDITS), read_edits),
    Reader(
        "preset",
        _json("preset.json", {"preset": "flatsort", "settings": {"memory_s": 2.0}}),
        lambda path: read_preset(str(path)),
    ),
    Reader("features", _features, read_features),
    Reader("feature cache", _feature_cache, lambda path: FeatureRows.read(path, "key")),
    Reader("box cache", _box_cache, lambda path: KeptBoxes.read(path, "key")),
    Reader("search index", _index, read_index, 0.5),
    Reader("crop cache", _crops, lambda path: read_crops(path.parent), 0.5),
    Reader("weights", _weights, lambda path: _describe("", path), 0.1),
    Reader("checkpoint", _checkpoint, _read_checkpoint, 0.3),
    Reader("detector", lambda at: _network(at, [1, 3, 6], "constant"), _detect, 0.2),
    Reader(
        "re-ID network",
        lambda at: _network(at, [1, 3, 1, 1], "pool"),
        lambda path: _describe("onnx:", path),
        0.2,
    ),
    Reader("JPEG", _picture(".jpg"), lambda path: read_image(path, "frame 1")),
    Reader("PNG", _picture(".png"), lambda path: read_image(path, "frame 1")),
    Reader("TIFF", _picture(".tiff"), lambda path: read_image(path, "frame 1")),
    Reader("film", _film, _decode, 0.1),
    Reader("archive", _archive, _unpack, 0.3),
)
"""The kinds of files, each with its reader."""
