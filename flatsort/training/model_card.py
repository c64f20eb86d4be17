"""What weights say of themselves, and MODEL_CARD.md, which is written from that."""

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tabulate import tabulate

from flatsort.files.atomic import atomic_writer
from flatsort.reid_vae.training.log import Progress
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.weights.weights_file import WeightsError, read_card
from flatsort.training.calibration import Calibration
from flatsort.training.crop_set import CropRule

# Without footage to calibrate on, the paper's own setting.
_UNCALIBRATED = {"kind": "cosine", "gate": 0.2}


def make_card(
    settings: Settings,
    rule: CropRule | None,
    sequences: list[str],
    facts: dict[str, int],
    measured: Progress,
    calibration: Calibration | None,
) -> dict[str, Any]:
    """The card of a trained model, as JSON values: how it was made and what was measured.

    Args:
        settings: of training.
        rule: which boxes became crops; None if whoever cut them knows.
        sequences: names of the footage, if it has any.
        facts: how much there was to learn from.
        measured: the terms on all crops.
        calibration: the metric and its gate; None if the footage told too little to choose them.
    """
    return {
        "settings": asdict(settings),
        "data": {"sequences": sequences, **facts, **(asdict(rule) if rule else {})},
        "measured": asdict(measured),
        "calibration": asdict(calibration) if calibration else _UNCALIBRATED,
    }


def describe_calibration(calibration: dict[str, Any]) -> str:
    """The metric, its gate and how often it errs, in a phrase."""
    rate = calibration.get("equal_error_rate")
    errs = "not calibrated" if rate is None else f"equal error {100 * rate:.1f} %"
    return f"{calibration['kind']} gate {calibration['gate']:.3f}, {errs}"


def write_model_cards(folder: Path) -> None:
    """Write ``folder``/MODEL_CARD.md about every weights file in it that :func:`make_card` fits.

    Others' weights may lie there too, and must not cost the run that calls this at its very end.
    """
    rows, sections = [], []
    for path in sorted(folder.glob("*.safetensors")):
        with suppress(WeightsError, AttributeError, KeyError, TypeError, ValueError):
            card = read_card(path)
            row, section = _row(path.stem, card), _section(path.stem, card)
            rows.append(row)
            sections.append(section)
    overview = tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
    with atomic_writer(folder / "MODEL_CARD.md") as file:
        file.write("\n\n".join([_HEADER, overview, *sections]) + "\n")


_HEADER = """\
# Model cards

Written by `tools/train_descriptor.py` and `tools/adapt.py` from what the weights files say of
themselves; do not edit by hand. All were trained without identity labels, on crops of detected
boxes.

*Intended use*: telling apart the people of one video within seconds to minutes, as the appearance
term of a tracker. *Not for*: recognising a person across days, cameras or databases; the weights
hold no identities and were not tested for that. *Limits*: they know the footage named below; how
they do on another camera is not measured here. *Data*: MOTChallenge frames are CC BY-NC-SA 3.0;
none are part of this project.

Terms are means over the training crops without augmentation; whether the constraint was met is
decided in training, with it, and `--abroad` with invented people. C, kappa^2 and F are in nats for
one crop; the error is the root-mean-square of a value in units of the data: for `small` and `slim`
standard deviations of a channel of the L*a*b* picture (isotropic; the feathered values vary by
about half of that) or of the whitened means of the tracklets (nuisance), for `vgg16` the [0, 1]
scale. R is the
relative squared deviation of the decoder's metric from c^2 times the identity (0 = flat); beta is
in nats for R = 1. The gate is where the distance from a detection to the same person's gallery and
to another person's are equally often on the wrong side, by label-free pairs: boxes linked by
overlap, from tracklets held out of training, and boxes of one frame."""


def _row(name: str, card: dict[str, Any]) -> dict[str, str]:
    measured, calibration = card["measured"], card["calibration"]
    rate = calibration.get("equal_error_rate")
    return {
        "weights": name,
        "covariance": card["settings"]["covariance"],
        "beta": f"{card['settings']['constants']['beta']:g}",
        "error": f"{measured['rms_error']:.3f}",
        "kappa": f"{card['settings']['constants']['kappa']:g}",
        "F": f"{measured['bound']:.0f}",
        "lambda": f"{measured['multiplier']:.2f}",
        "R": f"{measured['flatness']:.3f}",
        "c^2": f"{measured['c_squared']:.2f}",
        "metric": calibration["kind"],
        "gate": f"{calibration['gate']:.3f}",
        "equal error": "not measured" if rate is None else f"{100 * rate:.1f} %",
    }


def _section(name: str, card: dict[str, Any]) -> str:
    settings, data, calibration = card["settings"], card["data"], card["calibration"]
    kind = "VHP-FMVAE" if settings["constants"]["beta"] > 0 else "VHP-VAE"
    # tools/adapt.py has other words for its settings, and keeps them.
    command = card.get("command") or _training_command(name, settings, data)
    phase = "still in its initial phase" if card["measured"]["initial_phase"] else "met"
    pairs = (
        f"{calibration['positives']} positive and {calibration['negatives']} negative distances"
        if "positives" in calibration
        else "the paper's setting, the footage did not tell enough to calibrate on"
    )
    return f"""\
## {name}

{kind}, `{settings["architecture"]}` architecture, {data["crops"]} crops of
{", ".join(data["sequences"])}, {data["held_out"]} more held out;
{data["tracklets"]} tracklets of more than one crop in the last of {data["rounds"]} rounds.
Constraint: {phase}. Gate from {pairs}.

    {command}"""


def _training_command(name: str, settings: dict[str, Any], data: dict[str, Any]) -> str:
    weights = settings["constants"]
    # Weights made before there was "abroad" do not have it.
    flags = [flag for flag in ("abroad", "bfloat16") if settings.get(flag)]
    return (
        f"python tools/train_descriptor.py --name {name} --seq {' '.join(data['sequences'])} "
        f"--detections {data['detections']} --min-confidence {data['min_confidence']:g} "
        f"--min-height {data['min_height']:g} --architecture {settings['architecture']} "
        f"--covariance {settings['covariance']} --rounds {data['rounds']} "
        f"--beta {weights['beta']:g} --kappa {weights['kappa']:g} --steps {settings['steps']} "
        f"--batch-size {settings['batch_size']} --learning-rate {settings['learning_rate']:g} "
        f"--seed {settings['seed']}" + "".join(f" --{flag}" for flag in flags)
    )
