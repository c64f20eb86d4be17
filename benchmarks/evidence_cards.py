"""What the trainings of the evidence came to: error, flatness, and how near to a plane."""

from collections.abc import Iterable
from statistics import fmean

from benchmarks.evidence_contestants import TITLES, Contestant
from benchmarks.evidence_training import WORDS
from benchmarks.evidence_words import markdown
from flatsort.reid_vae.weights.weights_file import read_card


def training_table(contestants: Iterable[Contestant]) -> str:
    """Return a table with the means over the trainings of each kind that has a card."""
    cards: dict[str, list[dict]] = {}
    for each in contestants:
        if each.file is not None and each.file.suffix == ".safetensors":
            cards.setdefault(each.kind, []).append(read_card(each.file))
    rows = []
    for kind, some in cards.items():
        measured = [card["measured"] for card in some]
        met = sum(not each["initial_phase"] for each in measured)
        rows.append(
            [
                TITLES.get(kind) or f"{TITLES[kind.removesuffix('-half')]}, first half",
                str(WORDS[kind].get("start") or some[0]["settings"]["start"]),
                f"{some[0]['settings']['constants']['beta']:g}",
                f"{measured[0]['step']:,}",
                f"{fmean(each['rms_error'] for each in measured):.2f}",
                f"{some[0]['settings']['constants']['kappa']:g}",
                f"{met} of {len(some)}",
                f"{fmean(each['flatness'] for each in measured):.2g}",
                f"{100 * fmean(card['affine_residual']['decoder'] for card in some):.2g} %",
            ]
        )
    headers = ["weights", "start", "beta", "steps", "error", "kappa", "constraint met", "R"]
    return markdown(rows, [*headers, "affine residual"])
