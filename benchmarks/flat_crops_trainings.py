"""What the weights files on the page say about their trainings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabulate import tabulate

from benchmarks.accuracy_boxes import WITH_FRAMES
from flatsort.reid_vae.weights.weights_file import read_architecture

_STARTS = {
    "principal": "the principal subspace of the crops",
    "closed": "the closed form",
    "pytorch": "random weights",
    "random": "random weights",
    "bypass": "a random isometry",
}
"""Name of a start in docs/departures.md -> its description."""


@dataclass(frozen=True)
class Training:
    """The facts of one weights file.

    Attributes:
        name: name of the file.
        latents: number of latents.
        start: name of the decoder's start.
        card: the file's card.
    """

    name: str
    latents: int
    start: str
    card: dict[str, Any]

    @property
    def affine_residual(self) -> float:
        """Share of the decoder's variance that no affine map explains, 0 to 1."""
        return float(self.card["affine_residual"]["decoder"])

    def has(self, part: str) -> bool:
        """Return whether the flatness term has a part: "mixed" or "normalised"."""
        # The cards of older weights lack these constants.
        return bool(self.card["settings"]["constants"].get(part, True))


def read_training(path: Path) -> Training:
    """Return the facts of a weights file."""
    architecture, card = read_architecture(path)
    # The cards of older weights name no start, but their decoders tell it.
    usual = "principal" if architecture.isometric_start else "pytorch"
    start = card["settings"].get("start") or usual
    return Training(path.stem, architecture.latent_size, start, card)


def starts_text(kinds: dict[str, list[Training]], pairs: list[tuple[str, str]]) -> str:
    """Return which pairs of kinds start elsewhere, and what that means for their difference."""
    starts = {kind: tuple(sorted({each.start for each in some})) for kind, some in kinds.items()}
    return "\n\n".join(
        f"`{one}` starts at {_described(starts[one])}, `{other}` at {_described(starts[other])}. "
        "So their difference is not that of the flatness term alone: the start itself may make the "
        "decoder a plane ([The start](departures.md#the-start))."
        for one, other in pairs
        if starts[one] != starts[other]
    )


def _described(starts: tuple[str, ...]) -> str:
    return " or ".join(dict.fromkeys(_STARTS[start] for start in starts))


def are_alike(one: list[Training], other: list[Training]) -> bool:
    """Return whether all trainings of two kinds have the same number of latents."""
    return len({each.latents for each in (*one, *other)}) == 1


def trainings_table(kinds: dict[str, list[Training]]) -> str:
    """Return a table in Markdown with one row per training."""
    rows = [
        {
            "kind": kind,
            "weights": each.name,
            "seed": str(each.card["settings"]["seed"]),
            "steps": str(each.card["settings"]["steps"]),
            "latents": str(each.latents),
            "start": each.start,
            "beta": f"{each.card['settings']['constants']['beta']:g}",
            f"saw {WITH_FRAMES}": _yes(WITH_FRAMES in each.card["data"]["sequences"]),
            "mixup": _yes(each.has("mixed")),
            "normalisation": _yes(each.has("normalised")),
            "error": f"{each.card['measured']['rms_error']:.3f}",
            "c^2": f"{each.card['measured']['c_squared']:.3g}",
            "affine residual": f"{100 * each.affine_residual:.2g} %",
        }
        for kind, some in kinds.items()
        for each in some
    ]
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
