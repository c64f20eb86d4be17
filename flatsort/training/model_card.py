"""The card inside a weights file, and MODEL_CARD.md, which lists the cards of a folder."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tabulate import tabulate

from flatsort.files.atomic import atomic_writer
from flatsort.files.markdown_text import plain
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.log import Progress
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.weights.affine_residuals import AffineResiduals
from flatsort.reid_vae.weights.held_out import HeldOut
from flatsort.reid_vae.weights.weights_file import WeightsError, read_card
from flatsort.training.ablations import ABLATIONS
from flatsort.training.calibration import Calibration
from flatsort.training.crop_set import CropRule

# The paper's setting (appendix A.3), for footage that is too short for calibration.
_UNCALIBRATED = {"kind": "cosine", "gate": 0.2}
# Largest affine residual of a decoder that is called a plane: a thousandth of its variance.
_PLANE = 1e-3


@dataclass(frozen=True)
class CropOrigin:
    """The footage that crops come from.

    Attributes:
        sequences: names of the footage; empty where the caller cut the crops.
        rule: which boxes became crops; None where the caller cut the crops.
        command: the command line that trains the same weights; None if :func:`write_model_cards`
            can compose a command line of train_descriptor.py from the card.
        pictures: name of a folder or an archive of further crops; None without one.
    """

    sequences: tuple[str, ...] = ()
    rule: CropRule | None = None
    command: str | None = None
    pictures: str | None = None


def make_card(
    settings: Settings,
    origin: CropOrigin,
    facts: dict[str, int | float],
    measured: Progress,
    calibration: Calibration | None,
    affine: AffineResiduals,
    held_out: HeldOut | None = None,
) -> dict[str, Any]:
    """Return the card of a trained model as JSON values: how it was trained and measured.

    Args:
        settings: settings of the training.
        origin: origin of the crops.
        facts: numbers of crops, tracklets and rounds, see
            :meth:`flatsort.training.rounds.Rounds.facts`.
        measured: the terms of the objective on all crops.
        calibration: the metric and its gate; None if the footage was too short to choose them.
        affine: how far decoder and encoder are from affine maps.
        held_out: fit and flatness at the held-out crops; None if they were not measured.
    """
    rule = asdict(origin.rule) if origin.rule else {}
    if origin.pictures:
        rule["pictures"] = origin.pictures
    card = {
        "settings": asdict(settings),
        "data": {"sequences": list(origin.sequences), **facts, **rule},
        "measured": asdict(measured),
        "affine_residual": asdict(affine),
        "calibration": asdict(calibration) if calibration else _UNCALIBRATED,
    }
    if held_out:
        card["held_out"] = asdict(held_out)
    return card if origin.command is None else {**card, "command": origin.command}


def make_principal_card(
    origin: CropOrigin,
    facts: dict[str, int],
    error: float,
    held_out_error: float | None,
    calibration: Calibration | None,
) -> dict[str, Any]:
    """Return the card of principal components as JSON values.

    Args:
        origin: origin of the crops.
        facts: numbers of fitted and held-out crops.
        error: root-mean-square error of a value of the fitted crops' pictures.
        held_out_error: that of the held-out crops; None if there are none.
        calibration: the metric and its gate; None if the footage was too short to choose them.
    """
    rule = asdict(origin.rule) if origin.rule else {}
    return {
        "data": {"sequences": list(origin.sequences), **facts, **rule},
        "measured": {"rms_error": error, "held_out_rms_error": held_out_error},
        "affine_residual": {"decoder": 0.0, "encoder": 0.0},
        "calibration": asdict(calibration) if calibration else _UNCALIBRATED,
    }


def describe_calibration(calibration: dict[str, Any]) -> str:
    """Return the metric, its gate and its equal error rate as a phrase."""
    rate = calibration.get("equal_error_rate")
    errs = "not calibrated" if rate is None else f"equal error {100 * rate:.1f} %"
    return f"{calibration['kind']} gate {calibration['gate']:.3f}, {errs}"


def write_model_cards(folder: Path) -> None:
    """Write ``folder``/MODEL_CARD.md about every weights file with a card of :func:`make_card`.

    Other weights files are skipped, because their errors must not end the training that calls this
    function.
    """
    rows, sections = [], []
    for path in sorted(folder.glob("*.safetensors")):
        with suppress(WeightsError, AttributeError, KeyError, TypeError, ValueError):
            card = read_card(path)
            row, section = _row(path.stem, card), _section(path.stem, card)
            rows.append(row)
            sections.append(section)
    overview = tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
    is_shipped = folder.resolve() == SHIPPED_WEIGHTS.resolve()
    parts = ["# Model cards", *([_CHOOSING] if is_shipped else []), _HEADER, overview, *sections]
    with atomic_writer(folder / "MODEL_CARD.md") as file:
        file.write("\n\n".join(parts) + "\n")


_CHOOSING = """\
[Which descriptor?](../docs/choosing.md) has one table of the shipped weights to choose from: their
use, footage, speed, size and scores. Their cards follow here."""
_HEADER = """\
`tools/train_descriptor.py`, `tools/adapt.py` and `tools/fit_pca.py` write this page from the cards
in the weights files; do not edit it by hand. All weights were trained without identity labels, on
crops of detected boxes, some also on pictures of people; the sections below name them.

*Intended use*: telling apart the people in one video within seconds to minutes, as the appearance
term of a tracker. *Not for*: recognising a person across days, cameras or databases; the weights
hold no identities and were not tested for that. *Limits*: each descriptor was trained on the
footage named below, and the figures here do not cover other cameras. *Data*: MOTChallenge frames
are CC BY-NC-SA 3.0; none are part of this project.

Training minimises F + lambda (C - kappa^2 + beta R): C is the reconstruction error, kappa the bound
on it, F the bound of the prior, R the flatness term. The table gives means over the training crops
without augmentation. Training itself decides whether the constraint is met: it measures the error
with augmentation, and with `--abroad` on invented people too. C, kappa^2 and F are in nats per
crop. The error and kappa are root-mean-square errors of a value, in units of the data. For `vgg16`,
values lie in [0, 1]. For `small` and `slim`, the unit is one standard deviation. With the isotropic
covariance, this is the standard deviation of a channel of the L*a*b* picture; the values themselves
vary by about half a unit, because the window fades the picture's edges. With the nuisance
covariance, it is the standard deviation of the whitened means of the tracklets. For `curved`,
values are principal coordinates of the crops, in units of their mean standard deviation. For
`strangers`, values are features: those that a network learned from pairs of crops of one person
before the model was trained, with histograms of colours, whitened and reduced by a closed form, and
histograms of hue and saturation beside them. The unit is their mean standard deviation. The affine
residual of its encoder is that of a map of these features. R is the
relative squared deviation of the decoder's metric from c^2 times the identity (0 = flat); beta is
in nats at R = 1.

The gate is the distance at which both kinds of error are equally frequent: a detection too far from
the same person's gallery, or near enough to another person's. It is measured without labels, on
tracklets held out of training: boxes that overlap from frame to frame show one person, and two
boxes in one frame show two people."""


def _row(name: str, card: dict[str, Any]) -> dict[str, str]:
    measured, calibration = card["measured"], card["calibration"]
    rate = calibration.get("equal_error_rate")
    gate = {
        "metric": calibration["kind"],
        "gate": f"{calibration['gate']:.3f}",
        "equal error": "not measured" if rate is None else f"{100 * rate:.1f} %",
    }
    if "settings" not in card:
        return {
            "weights": plain(name),
            "covariance": "PCA",
            "error": f"{measured['rms_error']:.3f}",
        } | gate
    return {
        "weights": plain(name),
        "covariance": card["settings"]["covariance"],
        "beta": f"{card['settings']['constants']['beta']:g}",
        "error": f"{measured['rms_error']:.3f}",
        "kappa": f"{card['settings']['constants']['kappa']:g}",
        "F": f"{measured['bound']:.0f}",
        "lambda": f"{measured['multiplier']:.2f}",
        "R": f"{measured['flatness']:.3f}",
        "c^2": f"{measured['c_squared']:.3g}",
    } | gate


def _section(name: str, card: dict[str, Any]) -> str:
    if "settings" not in card:
        return _principal_section(name, card)
    settings, data, calibration = card["settings"], card["data"], card["calibration"]
    kind = "VHP-FMVAE" if settings["constants"]["beta"] > 0 else "VHP-VAE"
    # tools/adapt.py has other options than train_descriptor.py, so its cards hold the command.
    command = card.get("command") or _training_command(name, settings, data)
    phase = "still in its initial phase" if card["measured"]["initial_phase"] else "met"
    if settings["steps"] == 0:
        phase = "not used: this is the closed form, without training"
    pairs = (
        f"{calibration['positives']} positive and {calibration['negatives']} negative distances"
        if "positives" in calibration
        else "the paper's setting, because the footage is too short for calibration"
    )
    return f"""\
## {plain(name)}

{kind}, `{settings["architecture"]}` architecture, {data["crops"]} crops of
{plain(", ".join(_sources(data)))}, {data["held_out"]} more held out;
{data["tracklets"]} tracklets of more than one crop in the last of {data["rounds"]} rounds.
Constraint: {phase}. Gate from {pairs}.{_ablation(card)}{_affine(card)}{_held_out(card)}

    {" ".join(command.splitlines())}"""


def _sources(data: dict[str, Any]) -> list[str]:
    """Return the names of the footage and of the pictures, if there were any."""
    return data["sequences"] + ([data["pictures"]] if data.get("pictures") else [])


def _principal_section(name: str, card: dict[str, Any]) -> str:
    data, held_out = card["data"], card["measured"]["held_out_rms_error"]
    error = "" if held_out is None else f" The error of the held-out crops is {held_out:.3f}."
    return f"""\
## {plain(name)}

Principal components (PCA) of the pictures of `slim`: a baseline without training. {data["crops"]}
crops of {plain(", ".join(data["sequences"]))}, {data["held_out"]} more held out.{error}
Decoder and encoder are affine maps of the picture: their affine residual is 0.

    python tools/fit_pca.py --name {" ".join(name.split())} --seq {" ".join(data["sequences"])} \
--detections {data["detections"]} --min-confidence {data["min_confidence"]:g} \
--min-height {data["min_height"]:g} --latent-size {data["latent_size"]}"""


def _ablation(card: dict[str, Any]) -> str:
    """Return a sentence about R where it is not the deviation that the page explains."""
    if card["settings"]["constants"].get("normalised", True):
        return ""
    return "\nR is the mean of ||G||^2 / Nz, because the flatness term has no c^2 (ablation)."


def _affine(card: dict[str, Any]) -> str:
    """Return a sentence about the affine residuals; the cards of older weights have none."""
    found = card.get("affine_residual")
    if found is None:
        return ""
    sentence = (
        f"\nThe best affine map leaves {100 * found['decoder']:.3g} % of the decoder's variance "
        f"unexplained, and {100 * found['encoder']:.3g} % of the encoder's."
    )
    if found["decoder"] < _PLANE:
        sentence += " So the decoder is a plane."
        # The cards of older weights name no start: with a flatness term it was the principal one.
        if card["settings"].get("start") in (None, "principal"):
            whitened = "whitened " if card["settings"]["covariance"] == "nuisance" else ""
            sentence += f"\nIt started at the principal subspace of the {whitened}pictures; the "
            sentence += "encoder is learned."
    return sentence


def _held_out(card: dict[str, Any]) -> str:
    """Return sentences about the held-out crops, if the model was measured there."""
    found = card.get("held_out")
    if found is None:
        return ""
    return (
        f"\nHeld-out crops: error {found['error']:.3f} of a standard deviation of the pictures "
        f"(principal subspace of as many dimensions {found['principal_error']:.3f}); median "
        f"condition number {found['condition']:.2f}; R {found['flatness']:.4f}. At latents from "
        f"the prior, the best affine map leaves {100 * found['prior_residual']:.3g} % of the "
        "decoder's variance unexplained."
    )


def _training_command(name: str, settings: dict[str, Any], data: dict[str, Any]) -> str:
    weights = settings["constants"]
    # The cards of older weights have no "abroad".
    flags = [flag for flag in ("abroad", "bfloat16") if settings.get(flag)]
    if settings["augmentation"] is None:
        flags.append("no-augmentation")
    if weights.get("printed_norm"):
        flags.append("as-paper")
    # The cards of older weights lack these constants.
    flags += [
        f"ablation {ablation}"
        for ablation, changed in ABLATIONS.items()
        if changed.items() <= weights.items()
    ]
    if settings.get("latent_size"):
        flags.append(f"latent-size {settings['latent_size']}")
    architecture = ARCHITECTURES.get(settings["architecture"])
    if architecture and architecture.feature_channels:
        flags.append(f"feature-steps {settings['feature_steps']}")
    if data.get("late"):
        flags.append(f"hold-out-late {data['late']:g}")
    if settings.get("start"):
        flags.append(f"start {settings['start']}")
    if data.get("pictures"):
        flags.append(f"crops {data['pictures']}")
    return (
        f"python tools/train_descriptor.py --name {name} --seq {' '.join(data['sequences'])} "
        f"--detections {data['detections']} --min-confidence {data['min_confidence']:g} "
        f"--min-height {data['min_height']:g} --architecture {settings['architecture']} "
        f"--covariance {settings['covariance']} --rounds {data['rounds']} "
        f"--beta {weights['beta']:g} --kappa {weights['kappa']:g} --steps {settings['steps']} "
        f"--batch-size {settings['batch_size']} --learning-rate {settings['learning_rate']:g} "
        f"--seed {settings['seed']}" + "".join(f" --{flag}" for flag in flags)
    )
