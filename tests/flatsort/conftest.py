"""Shared fixtures: tiny sequences, tiny weights, commands run in this process, a browser."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

import flatsort.commands.adapt
import flatsort.commands.track_adapt
import flatsort.commands.track_arguments
import flatsort.detectors.yolox_models
from flatsort.commands.cli import run
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import open_sequence

WIDTH, HEIGHT = 160, 120
RED, BLUE, GREEN = (0, 0, 255), (255, 0, 0), (0, 200, 0)


@pytest.fixture(autouse=True)
def own_feature_cache(tmp_path_factory, monkeypatch):
    """Give each test its own default folders for features, boxes and runs, never the user's."""
    folder = tmp_path_factory.mktemp("features")
    monkeypatch.setattr(flatsort.commands.track_arguments, "FEATURE_CACHE", folder)
    monkeypatch.setattr(flatsort.commands.adapt, "FEATURE_CACHE", folder)
    monkeypatch.setattr(flatsort.commands.track_adapt, "RUNS", folder / "runs")
    return folder


@pytest.fixture(autouse=True)
def own_model_cache(tmp_path_factory, monkeypatch):
    """Give each test an empty cache of detectors and a release page that does not answer."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr(flatsort.detectors.yolox_models, "RELEASE", "http://127.0.0.1:1")
    return folder / "flatsort" / "detectors"


@dataclass(frozen=True)
class Outcome:
    """The end of a command: its status and its output."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The sentence that the command prints about bad input, after any progress bars."""
        assert self.status == 2, (self.status, self.err)
        assert "Traceback" not in self.err
        *before, last = self.err.replace("\r", "\n").rstrip("\n").split("\n")
        assert last.startswith("error: "), self.err
        assert not any(line.startswith("error") for line in before)
        return last.removeprefix("error: ")


@pytest.fixture
def tool(capsys):
    """Return a function that runs a command's main with words, as its script would."""

    def call(main, *words):
        capsys.readouterr()
        status = 0
        try:
            run(lambda: main([str(word) for word in words]))
        except SystemExit as end:
            status = end.code or 0
        return Outcome(status, *capsys.readouterr())

    return call


@pytest.fixture
def make_sequence(tmp_path):
    """Make a MOT folder of coloured rectangles on grey.

    ``people`` are (colour, left, top, width, height, step): the box in frame 1, and the pixels that
    it moves to the right per frame. Detections are exact unless ``detections`` gives their text.
    """

    def make(
        people=((RED, 10, 20, 20, 50, 0), (BLUE, 100, 40, 24, 60, 0)),
        length=8,
        name="MOT16-98",
        images=True,
        detections=None,
        size=(WIDTH, HEIGHT),
        frame_rate=10,
        under=None,
    ):
        folder = (under or tmp_path) / name
        (folder / "det").mkdir(parents=True)
        (folder / "seqinfo.ini").write_text(
            f"[Sequence]\nimDir=img1\nframeRate={frame_rate}\nseqLength={length}\n"
            f"imWidth={size[0]}\nimHeight={size[1]}\nimExt=.jpg\n"
        )
        rows = []
        for number in range(1, length + 1):
            image = np.full((size[1], size[0], 3), 90, np.uint8)
            for colour, left, top, width, height, step in people:
                x = left + step * (number - 1)
                image[top : top + height, max(x, 0) : x + width] = colour
                rows.append(f"{number},-1,{x},{top},{width},{height},0.9,-1,-1,-1\n")
            if images:
                (folder / "img1").mkdir(exist_ok=True)
                cv2.imwrite(str(folder / "img1" / f"{number:06d}.jpg"), image)
        text = "".join(rows) if detections is None else detections
        (folder / "det" / "det.txt").write_text(text)
        return open_sequence(folder)

    return make


@pytest.fixture
def make_rows():
    """A function that makes rows from tuples (frame, id, left, top, width, height).

    The last three default to 0, 10, 10. The rows serve as results and as ground truth: they have
    the class pedestrian and the flag of ground truth.
    """

    def make(*rows, confidences=1.0):
        table = np.array([(*row, *(0, 10, 10)[len(row) - 3 :]) for row in rows], float)
        table = table.reshape(-1, 6)
        count = len(table)
        return Rows(
            frames=table[:, 0].astype(np.int64),
            ids=table[:, 1].astype(np.int64),
            boxes_tlwh=table[:, 2:].copy(),
            confidences=np.broadcast_to(np.asarray(confidences, float), count).copy(),
            classes=np.ones(count, np.int64),
            visibilities=np.ones(count),
            path=Path("hand-made"),
        )

    return make


@pytest.fixture
def read_rows():
    """Return a function that reads a result file: (frame, id, left, top, width, height) per row."""

    def read(path):
        lines = Path(path).read_text().splitlines()
        return [tuple(float(word) for word in line.split(",")[:6]) for line in lines]

    return read


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory):
    """Return a function that writes weights of a seeded, untrained network of 8 latents.

    Without ``exported`` there is no .onnx beside them, so torch runs the network.
    """
    import torch

    from flatsort.reid_vae.model.architecture import Architecture
    from flatsort.reid_vae.model.vhpvae import VHPVAE
    from flatsort.reid_vae.weights.onnx_export import export_encoder
    from flatsort.reid_vae.weights.weights import save_weights

    def make(name="tiny", card=None, latent_mean=None, exported=False):
        torch.manual_seed(1)
        model = VHPVAE(TINY_ARCHITECTURE)
        if latent_mean is not None:
            model.latent_mean.copy_(torch.tensor(latent_mean))
        path = tmp_path_factory.mktemp("weights") / f"{name}.safetensors"
        card = {"calibration": {"kind": "cosine", "gate": 0.3}} if card is None else card
        save_weights(path, model, json.loads(json.dumps(card)))
        if exported:
            export_encoder(path)
        return path

    TINY_ARCHITECTURE = Architecture(
        image_size=16,
        observed_size=8,
        latent_size=8,
        prior_latent_size=4,
        encoder_channels=(4, 8),
        encoder_convolutions=(1, 1),
        decoder_channels=(8, 4),
        prior_hidden=(16,),
    )
    return make


@pytest.fixture
def files_under():
    """Return a function that lists all files of a folder, hidden ones too, as relative paths."""

    def find(folder):
        return sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file())

    return find


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Headless Chromium, driven by selenium, with the messages of its console.

    Without it the tests of pages are skipped on a user's machine and fail under CI=true.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        message = "no chromium or no chromedriver: apt-get install chromium chromium-driver"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    for word in (
        *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
        *("disable-background-networking", "disable-component-update", "disable-sync"),
    ):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options, service=Service(driver)) as opened:
        opened.set_window_size(1400, 1000)
        yield opened
