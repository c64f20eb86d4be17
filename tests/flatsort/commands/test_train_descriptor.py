"""The train command with a tiny network: it writes weights and cards, and resumes."""

import json
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from typing import get_args

import cv2
import numpy as np
import pytest
import torch

from flatsort.commands.train_descriptor import main, parse_arguments, read_request
from flatsort.descriptors import load_descriptor
from flatsort.descriptors.onnx_encoder import open_exported
from flatsort.errors import InputError
from flatsort.files.mot_files import read_detections
from flatsort.images.crops import cut_crops
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.settings import RANDOM_STARTS, Settings, Start
from flatsort.reid_vae.weights.encoder import CropEncoder
from flatsort.reid_vae.weights.weights import load_weights
from flatsort.training.crop_set import cut_frames
from flatsort.training.train import train
from flatsort.training.training_request import TrainingRequest
from flatsort.training.usual_settings import usual_settings
from tests.flatsort.tiny_architecture import TINY

RED = (0, 0, 255)
STEPS = 6
FACTS = ("crops", "held_out", "tracklets", "rounds")


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Add a tiny architecture, and restore the number of threads afterwards."""
    monkeypatch.setitem(ARCHITECTURES, "tiny", Architecture(**TINY))
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def footage(make_sequence):
    """Two people in 14 frames: 28 crops, in tracklets that are long enough for calibration."""
    return make_sequence(length=14)


@pytest.fixture
def words(footage, tmp_path):
    """Make the command line without the command's name; it writes below the folder ``place``."""

    def make(*more, place="a"):
        out = [str(tmp_path / place / folder) for folder in ("runs", "out")]
        return [
            *("--name", "mine", "--seq", str(footage.folder), "--architecture", "tiny"),
            *("--steps", str(STEPS), "--batch-size", "8", "--threads", "1"),
            *("--runs", out[0], "--out", out[1], *map(str, more)),
        ]

    return make


def test_weights_and_card_appear(tool, words, footage, tmp_path):
    outcome = tool(main, *words())
    assert outcome.status == 0, outcome.err
    out = tmp_path / "a" / "out"
    written = ["MODEL_CARD.md", "mine.onnx", "mine.safetensors"]
    assert sorted(path.name for path in out.iterdir()) == written
    assert open_exported(out / "mine.safetensors") is not None
    note, wrote = outcome.out.splitlines()
    assert note.startswith("note: the error never fell below kappa (0.25)")
    assert wrote.startswith(f"wrote {out / 'mine.safetensors'}: cosine gate ")
    model, card = load_weights(out / "mine.safetensors")
    assert model.architecture == Architecture(**TINY)
    assert card["data"] == {
        "sequences": ["MOT16-98"],
        "crops": 28,
        "held_out": 0,
        "tracklets": 2,
        "rounds": 1,
        "detections": "det.txt",
        "min_confidence": 0.5,
        "min_height": 40.0,
        "size": 16,
    }
    assert card["settings"]["steps"] == card["measured"]["step"] == STEPS
    # Frames 11 to 14 have a frame at least ten before: 4 distances of each kind per person.
    calibration = card["calibration"]
    assert (calibration["positives"], calibration["negatives"]) == (8, 8)
    assert calibration["gate"] > 0


def test_the_descriptors_mean_is_that_of_the_crops(tool, words, footage, tmp_path):
    tool(main, *words())
    encode = CropEncoder(tmp_path / "a" / "out" / "mine.safetensors")
    boxes = np.array([[10, 20, 20, 50], [100, 40, 24, 60]], float)
    crops = [cut_crops(footage.read_frame(n), boxes, 16, 16) for n in range(1, 15)]
    mean = encode(np.concatenate(crops)).mean(axis=0)
    # The file stores weights in half precision.
    np.testing.assert_allclose(encode.latent_mean, mean, atol=0.02)


def test_the_model_card_says_how_to_make_it_again(tool, words, tmp_path):
    tool(main, *words("--beta", 0))
    text = (tmp_path / "a" / "out" / "MODEL_CARD.md").read_text()
    assert "## mine" in text
    assert (
        "VHP-VAE, `tiny` architecture, 28 crops of\nMOT16-98, 0 more held out;\n2 tracklets" in text
    )
    command = next(line for line in text.splitlines() if "--name mine" in line)
    for option in ("--beta 0", f"--steps {STEPS}", "--batch-size 8", "--seed 0"):
        assert option in command


def test_the_command_on_the_card_gives_the_same_settings(tool, words, tmp_path):
    given = ("--seed", 3, "--learning-rate", 0.002, "--kappa", 0.08, "--abroad")
    given += ("--covariance", "nuisance")
    tool(main, *words(*given))
    out = tmp_path / "a" / "out"
    text = (out / "MODEL_CARD.md").read_text()
    command = next(line for line in text.splitlines() if "--name mine" in line)
    on_the_card, again = (
        read_request(parse_arguments(arguments))[0]
        for arguments in (command.split()[2:], words(*given))
    )
    assert on_the_card.settings == again.settings
    assert on_the_card.round_count == again.round_count == 2


def test_training_for_other_cameras_erases_no_patches(tool, words, tmp_path):
    outcome = tool(main, *words("--abroad"))
    assert outcome.status == 0, outcome.err
    _, card = load_weights(tmp_path / "a" / "out" / "mine.safetensors")
    assert card["settings"]["abroad"] is True
    assert card["settings"]["augmentation"]["erased"] == 0


@pytest.mark.parametrize(
    ("more", "kappa"),
    [
        (["--architecture", "small"], 0.25),
        (["--architecture", "slim"], 0.25),
        (["--architecture", "slim", "--abroad"], 0.3),
        (["--architecture", "slim", "--covariance", "nuisance"], 0.5),
        (["--architecture", "slim", "--covariance", "nuisance", "--abroad"], 0.75),
        (["--architecture", "vgg16"], 0.12),
        (["--architecture", "vgg16", "--covariance", "nuisance"], 0.5),
    ],
)
def test_the_usual_kappa(more, kappa):
    arguments = parse_arguments(["--name", "mine", "--seq", "here", *more])
    request, _ = read_request(arguments)
    assert request.settings.constants.kappa == kappa


@pytest.mark.parametrize("architecture", ["small", "curved"])
def test_the_help_states_the_usual_settings(capsys, architecture):
    usual = usual_settings(architecture=architecture)
    name = "curved " if architecture == "curved" else ""
    with pytest.raises(SystemExit):
        parse_arguments(["--help"])
    text = capsys.readouterr().out
    stated = {
        "--beta": usual.constants.beta,
        "--steps": usual.steps,
        "--batch-size": usual.batch_size,
        "--learning-rate": usual.learning_rate,
        "--seed": usual.seed,
    }
    for option, value in stated.items():
        # From this option's line to the next option's.
        paragraph = re.search(rf"^  {option} .*?(?=^  --|^\S)", text, re.DOTALL | re.MULTILINE)[0]
        # The seed is the same for all architectures.
        name = "" if option == "--seed" else name
        assert re.search(rf"[(;] ?{name}{value:g}[;)]", " ".join(paragraph.split()))


def test_the_latent_size_is_on_the_card(tool, words, tmp_path):
    outcome = tool(main, *words("--latent-size", 3))
    assert outcome.status == 0, outcome.err
    model, _ = load_weights(tmp_path / "a" / "out" / "mine.safetensors")
    assert (model.architecture.latent_size, model.architecture.prior_latent_size) == (3, 3)
    assert "--latent-size 3" in (tmp_path / "a" / "out" / "MODEL_CARD.md").read_text()


def test_the_nuisance_covariance_of_tracklets(tool, words, tmp_path):
    outcome = tool(main, *words("--covariance", "nuisance"))
    assert outcome.status == 0, outcome.err
    model, card = load_weights(tmp_path / "a" / "out" / "mine.safetensors")
    assert card["settings"]["covariance"] == "nuisance"
    assert card["data"]["rounds"] == 2
    # The two people appear in the same frames, so the second round keeps them apart.
    assert card["data"]["tracklets"] == 2
    assert model.architecture.whitened_size == TINY["latent_size"]
    # The observation has four whitened values.
    assert card["measured"]["kappa_squared"] == 2
    text = (tmp_path / "a" / "out" / "MODEL_CARD.md").read_text()
    command = next(line for line in text.splitlines() if "--name mine" in line)
    assert "--covariance nuisance --rounds 2" in command


def test_the_page_lists_all_weights_with_a_card(tool, words, tiny_weights, tmp_path):
    """Other weights files in the folder must not end the command after half an hour."""
    from safetensors.torch import save_file

    out = tmp_path / "a" / "out"
    out.mkdir(parents=True)
    save_file({"a": torch.zeros(2)}, out / "stranger.safetensors")
    shutil.copy(tiny_weights(), out / "bare.safetensors")
    assert tool(main, *words()).status == 0
    assert tool(main, *words("--name", "second")).status == 0
    text = (out / "MODEL_CARD.md").read_text()
    assert "## mine" in text
    assert "## second" in text
    assert "## stranger" not in text
    assert "## bare" not in text


def test_short_footage_gets_the_papers_gate(tool, make_sequence, words, tmp_path):
    brief = make_sequence(length=5, name="MOT16-97")
    outcome = tool(main, *words("--seq", brief.folder))
    assert outcome.status == 0, outcome.err
    card = load_weights(tmp_path / "a" / "out" / "mine.safetensors")[1]
    assert card["calibration"] == {"kind": "cosine", "gate": 0.2}
    text = (tmp_path / "a" / "out" / "MODEL_CARD.md").read_text()
    assert "not measured" in text
    assert "the paper's setting" in text


def load(path):
    """Return tensors and card; bytes may differ, as the order in safetensors' header is free."""
    model, card = load_weights(path)
    return model.state_dict(), card


def assert_equal(one, other):
    assert one[1] == other[1]
    assert one[0].keys() == other[0].keys()
    for name, tensor in one[0].items():
        assert torch.equal(tensor, other[0][name]), name


def test_crops_are_not_cut_again(tool, words, footage, tmp_path):
    tool(main, *words())
    shutil.rmtree(footage.image_folder)
    # The second training has another name and uses the same crops.
    assert tool(main, *words("--name", "again")).status == 0
    out = tmp_path / "a" / "out"
    assert_equal(load(out / "mine.safetensors"), load(out / "again.safetensors"))


def test_crops_in_memory_train_the_same_weights(tool, words, footage, tmp_path):
    tool(main, *words("--covariance", "nuisance", "--rounds", 2))
    rows = read_detections(footage.find_detections(), footage.length)
    crops = cut_frames(
        (
            (footage.read_frame(number), rows.boxes_tlwh[chosen])
            for number, chosen in enumerate(rows.by_frame(footage.length), 1)
        ),
        TINY["image_size"],
    )
    settings = Settings(
        architecture="tiny",
        covariance="nuisance",
        constants=Constants(kappa=0.5, beta=3000.0),
        steps=STEPS,
        batch_size=8,
    )
    path = tmp_path / "memory" / "mine.safetensors"
    # Two rounds, as the command: the usual number with the nuisance covariance.
    card = train(crops, TrainingRequest(path, tmp_path / "memory", settings))
    (tensors, by_command), (same, ours) = map(load, (tmp_path / "a" / "out" / path.name, path))
    # JSON turns tuples into lists.
    assert ours == json.loads(json.dumps(card))
    assert ours["data"] == {"sequences": [], **{k: by_command["data"][k] for k in FACTS}}
    assert_equal((tensors, None), (same, None))
    for part in ("settings", "measured", "calibration"):
        assert ours[part] == by_command[part]
    assert load_descriptor(str(path)).metric.gate == card["calibration"]["gate"]


@pytest.mark.parametrize(
    ("name", "rounds", "complaint"),
    [
        ("mine.safetensors", 1, "1 crops are too few: give more footage"),
        ("mine.pt", 1, r"mine\.pt: the weights' name must end in \.safetensors"),
        ("mine.safetensors", 0, "--rounds 0: give 1"),
        ("mine.safetensors", 2, "--rounds 2: give 1, or more with the nuisance covariance"),
    ],
)
def test_wrong_training_in_memory(tmp_path, name, rounds, complaint):
    crops = cut_frames([(np.zeros((90, 160, 3), np.uint8), [[10, 20, 20, 50]])], 16)
    settings = Settings(architecture="tiny", steps=1)
    with pytest.raises(InputError, match=complaint):
        train(crops, TrainingRequest(tmp_path / name, tmp_path / "run", settings, rounds))
    assert not (tmp_path / name).exists()


KILLED = """
import functools, os, signal, sys
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.commands.train_descriptor import main

ARCHITECTURES["tiny"] = Architecture(**{tiny!r})
Trainer.run = functools.partialmethod(Trainer.run, checkpoint_every=0.0)
take_step = Trainer._take_step
def killed(self):
    if self.step == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
    return take_step(self)
Trainer._take_step = killed
main(sys.argv[1:])
"""


# The first of two rounds takes a third of the six steps.
@pytest.mark.parametrize(
    ("covariance", "folder", "at"), [("isotropic", "", 4), ("nuisance", "round-1", 1)]
)
def test_a_killed_run_continues_to_the_same_weights(tool, words, tmp_path, covariance, folder, at):
    more = ("--covariance", covariance)
    code = KILLED.format(tiny=TINY, at=at)
    done = subprocess.run(
        [sys.executable, "-c", code, *words(*more, place="b")], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    out = tmp_path / "b" / "out"
    assert not (out / "mine.safetensors").exists()
    checkpoint = tmp_path / "b" / "runs" / "mine" / folder / "checkpoint.pt"
    assert torch.load(checkpoint, weights_only=True)["step"] == at
    for place in ("a", "b"):
        assert tool(main, *words(*more, place=place)).status == 0
    straight, resumed = (load(tmp_path / p / "out" / "mine.safetensors") for p in ("a", "b"))
    assert_equal(resumed, straight)


def test_a_finished_run_is_not_trained_again(tool, words, tmp_path, monkeypatch):
    tool(main, *words())
    path = tmp_path / "a" / "out" / "mine.safetensors"
    before = load(path)
    path.unlink()
    # Off terminals, short work shows no bar.
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    outcome = tool(main, *words())
    assert outcome.status == 0
    # The progress bar counts the steps of this run: none.
    assert f"0/{STEPS}" in outcome.err
    assert "lambda" not in outcome.err
    assert_equal(load(path), before)


def test_the_folder_of_a_run_refuses_other_settings(tool, words):
    tool(main, *words())
    assert (
        "checkpoint.pt belongs to a run with other settings"
        in tool(main, *words("--beta", 1)).error
    )


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (
            ["--architecture", "large"],
            "--architecture large: unknown; choose from vgg16, vgg16-slim, slim, small, curved, "
            "strangers",
        ),
        (["--min-confidence", "0.95"], "no box of det.txt in MOT16-98"),
        (["--min-height", "61"], "no box of det.txt in MOT16-98"),
        (["--detections", "yolox.txt"], "yolox.txt: no such detection file"),
        (["--seq", "/absent/folder"], "/absent/folder: no such folder"),
        (["--steps", "0"], "--steps must be above 0"),
        (["--rounds", "0"], "--rounds 0: give 1, or more with the nuisance covariance"),
        (["--rounds", "0", "--covariance", "nuisance"], "--rounds 0: give 1, or more"),
        (["--rounds", "2"], "--rounds 2: give 1, or more with the nuisance covariance"),
        (["--batch-size", "1"], "--batch-size must be above 1"),
        (["--batch-size", "64"], "28 crops are too few: give more footage, at least 64 boxes"),
        (["--learning-rate", "0"], "--learning-rate must be above 0"),
        (["--learning-rate", "nan"], "--learning-rate must be above 0"),
        (["--kappa", "0"], "--kappa must be above 0"),
        (["--kappa", "nan"], "--kappa must be above 0"),
        (["--beta", "-1"], "--beta must be 0"),
        (["--beta", "nan"], "--beta must be 0"),
        (["--seed", "-1"], "--seed must be 0 or above"),
        (["--threads", "-1"], "--threads must be above 0"),
        (["--latent-size", "0"], "--latent-size must be above 0"),
        (["--latent-size", "193"], "193 latents do not fit tiny: latent_size 193 must not exceed"),
        (["--hold-out-late", "1"], "--hold-out-late must be above 0 and below 1"),
        (["--hold-out-late", "nan"], "--hold-out-late must be above 0 and below 1"),
    ],
)
def test_wrong_words(tool, words, tmp_path, more, complaint):
    assert complaint in tool(main, *words(*more)).error
    assert not (tmp_path / "a" / "out" / "mine.safetensors").exists()


def test_the_nuisance_covariance_needs_tracklets(tool, words, make_sequence):
    # People move by half a box width per frame: the IoU is a third.
    running = make_sequence(people=((RED, 10, 20, 20, 50, 10),), length=14, name="MOT16-96")
    more = ("--seq", running.folder, "--covariance", "nuisance")
    assert "boxes that could be linked into tracklets" in tool(main, *words(*more)).error


def test_no_images(tool, words, make_sequence, tmp_path):
    bare = make_sequence(images=False, name="bare")
    assert "img1 has no frames" in tool(main, *words("--seq", bare.folder)).error


@pytest.mark.parametrize("option", ["--out", "--runs"])
def test_a_place_that_cannot_be_written_is_refused_before_training(tool, words, tmp_path, option):
    (tmp_path / "file").touch()
    outcome = tool(main, *words(option, tmp_path / "file" / "here"))
    assert "cannot write here" in outcome.error
    assert "step" not in outcome.err


@pytest.mark.parametrize("start", get_args(Start))
def test_the_start_is_kept_in_the_card_and_the_command(tool, words, tmp_path, start):
    covariance = "nuisance" if start == "closed" else "isotropic"
    outcome = tool(main, *words("--start", start, "--beta", 0, "--covariance", covariance))
    assert outcome.status == 0, outcome.err
    out = tmp_path / "a" / "out"
    model, card = load_weights(out / "mine.safetensors")
    assert card["settings"]["start"] == start
    assert (model.decoder.linear is not None) == (start in ("bypass", "principal", "closed"))
    assert card["settings"]["flatness_limit"] == (3.0 if start in RANDOM_STARTS else None)
    text = (out / "MODEL_CARD.md").read_text()
    assert f" --start {start}" in text


def test_the_card_says_what_no_affine_map_explains(tool, words, tmp_path):
    tool(main, *words())
    out = tmp_path / "a" / "out"
    _, card = load_weights(out / "mine.safetensors")
    found = card["affine_residual"]
    assert set(found) == {"decoder", "encoder"}
    # Six steps from an isometry onto the principal subspace leave the decoder close to a plane.
    assert 0 <= found["decoder"] < 0.01
    assert found["encoder"] > 0
    assert "The best affine map leaves" in (out / "MODEL_CARD.md").read_text()


def test_as_paper(tool, words, tmp_path):
    outcome = tool(main, *words("--as-paper"))
    assert outcome.status == 0, outcome.err
    out = tmp_path / "a" / "out"
    _, card = load_weights(out / "mine.safetensors")
    settings = card["settings"]
    assert settings["augmentation"] is None
    assert (settings["learning_rate"], settings["start"]) == (3e-5, "pytorch")
    constants = settings["constants"]
    assert constants["printed_norm"] and constants["bounded_flatness"]
    assert (constants["beta"], constants["importance_samples"]) == (3000, 8)
    assert " --no-augmentation --as-paper" in (out / "MODEL_CARD.md").read_text()


def test_as_paper_takes_the_papers_network_and_yields_to_other_options():
    rest = ("--name", "mine", "--seq", "here", "--as-paper")
    request, rule = read_request(parse_arguments(rest))
    assert (request.settings.architecture, rule.size) == ("vgg16", 64)
    more = ("--architecture", "slim", "--beta", "300", "--start", "random")
    request, _ = read_request(parse_arguments([*rest, *more]))
    settings = request.settings
    assert (settings.architecture, settings.start) == ("slim", "random")
    assert settings.constants.beta == 300
    for words in (("--abroad",), ("--covariance", "nuisance")):
        with pytest.raises(InputError, match="leave out --abroad and --covariance"):
            read_request(parse_arguments([*rest, *words]))


@pytest.mark.parametrize(
    ("ablation", "constant"), [("no-mixup", "mixed"), ("no-normalisation", "normalised")]
)
def test_an_ablation_changes_one_constant(tool, words, tmp_path, ablation, constant):
    outcome = tool(main, *words("--ablation", ablation))
    assert outcome.status == 0, outcome.err
    out = tmp_path / "a" / "out"
    _, card = load_weights(out / "mine.safetensors")
    usual = Constants(kappa=0.25, beta=3000.0)
    assert Constants(**card["settings"]["constants"]) == replace(usual, **{constant: False})
    page = (out / "MODEL_CARD.md").read_text()
    assert f" --ablation {ablation}" in page
    assert ("R is the mean of ||G||^2 / Nz" in page) == (constant == "normalised")


def test_an_ablation_without_the_flatness_term_is_refused():
    words = ("--name", "mine", "--seq", "here", "--ablation", "no-mixup", "--beta", "0")
    with pytest.raises(InputError, match="--beta 0 has no flatness term"):
        read_request(parse_arguments(words))


def test_no_augmentation_alone():
    rest = ("--name", "mine", "--seq", "here")
    request, _ = read_request(parse_arguments([*rest, "--no-augmentation"]))
    assert request.settings == replace(usual_settings(), augmentation=None)


@pytest.fixture
def people(tmp_path):
    """A folder of 110 pictures of two colours each."""
    folder = tmp_path / "people"
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(110):
        upper, lower = random.integers(0, 256, (2, 1, 1, 3)).astype(np.uint8)
        picture = np.concatenate(
            [upper.repeat(8, 1).repeat(12, 0), lower.repeat(8, 1).repeat(12, 0)]
        )
        cv2.imwrite(str(folder / f"{number}.png"), picture)
    return folder


def test_pictures_of_people_are_crops_too(tool, words, people, tmp_path):
    outcome = tool(main, *words("--crops", people))
    assert outcome.status == 0, outcome.err
    _, card = load_weights(tmp_path / "a" / "out" / "mine.safetensors")
    assert card["data"]["crops"] == 28 + 110
    # Pictures give no tracklets.
    assert card["data"]["tracklets"] == 2
    assert card["data"]["pictures"] == "people"
    text = (tmp_path / "a" / "out" / "MODEL_CARD.md").read_text()
    assert "138 crops of\nMOT16-98, people, 0 more held out" in text
    command = next(line for line in text.splitlines() if "--name mine" in line)
    assert "--crops people" in command


def test_pictures_that_are_missing(tool, words, tmp_path):
    outcome = tool(main, *words("--crops", tmp_path / "nobody"))
    assert outcome.status == 2
    assert "nobody: no such folder or archive" in outcome.err
    assert not (tmp_path / "a" / "out").exists()


def test_features_are_learned_before_the_model(tool, words, people, tmp_path, monkeypatch):
    architecture = Architecture(
        **TINY
        | {
            "feature_channels": (4, 4, 8),
            "feature_stripes": 2,
            "whitened_size": 4,
            "encoder_hidden": (8,),
            "dense_hidden": (8,),
        }
    )
    monkeypatch.setitem(ARCHITECTURES, "tiny-features", architecture)
    given = ("--crops", people, "--architecture", "tiny-features", "--covariance", "nuisance")
    given += ("--start", "closed", "--feature-steps", 2)
    outcome = tool(main, *words(*given))
    assert outcome.status == 0, outcome.err
    model, card = load_weights(tmp_path / "a" / "out" / "mine.safetensors")
    # Four latents, in the space of all 24 features.
    assert model.observation.whitening.shape == (24, 24)
    assert card["settings"]["feature_steps"] == 2
    assert (tmp_path / "a" / "runs" / "mine" / "features.pt").is_file()
    command = next(
        line
        for line in (tmp_path / "a" / "out" / "MODEL_CARD.md").read_text().splitlines()
        if "--name mine" in line
    )
    request, _ = read_request(parse_arguments(command.split()[2:]))
    assert request.settings == read_request(parse_arguments(words(*given)))[0].settings
    assert open_exported(tmp_path / "a" / "out" / "mine.safetensors") is not None
