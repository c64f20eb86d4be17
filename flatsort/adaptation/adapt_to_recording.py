"""Adapt a descriptor to a recording, and choose the descriptor to track it with."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from flatsort.adaptation.adapt import TooFewPeople, adapt
from flatsort.adaptation.findings import NONE
from flatsort.adaptation.request import AdaptationRequest
from flatsort.evaluation.verdict.verdict_words import headline
from flatsort.files.atomic import atomic_writer
from flatsort.files.json_values import as_dataclass, read_json
from flatsort.sources.recording import recording_facts
from flatsort.sources.registry import open_source

NAME = "adapted"
"""The name of the descriptor that a recording gets."""
_CHOICE = "choice.json"


@dataclass(frozen=True)
class Choice:
    """The descriptor to track a recording with.

    Attributes:
        headline: the verdict in words: better, worse or cannot tell, and which descriptor to use.
        descriptor: the descriptor's word, as `load_descriptor` takes it; "none" for motion alone.
    """

    headline: str
    descriptor: str


def adapt_to_recording(request: AdaptationRequest, tell: Callable[[str], None]) -> Choice:
    """Adapt the request's old descriptor to its recording, and follow the verdict.

    The run has a folder of its own, RUNS/adapt/SOURCE-xxxxxxxx, which holds everything that it
    writes. The same request for the same frames continues a stopped run, and returns the choice of
    a finished one.

    Args:
        request: the recording, the time and the old descriptor. Its name and the folder of its
            weights are replaced.
        tell: receives the verdict, with the place of the report.

    Returns:
        The choice; the old descriptor if the recording shows too few people to learn from.

    Raises:
        InputError: the request or the recording cannot be used.
    """
    source = open_source(request.source, request.mot_root, request.frame_rate)
    # A folder of images has the same place after its images have changed.
    values = [request.decisive_values(source.location), recording_facts(source), source.frame_rate]
    digest = hashlib.sha256(json.dumps(values).encode()).hexdigest()
    folder = f"{source.name}-{digest[:8]}"
    path = request.runs / "adapt" / folder
    own = replace(request, name=NAME, weights=path, folder=path)
    choice = _read_choice(path)
    if choice is None:
        try:
            choice = _choose(own)
        except TooFewPeople as error:
            text = f"Cannot tell whether learning from {source.name} would help: {error.found}."
            choice = Choice(f"{text} Keep {request.before}.", request.before)
        else:
            with atomic_writer(path / _CHOICE) as handle:
                json.dump(asdict(choice), handle, indent=1)
    tell(choice.headline)
    return choice


def _choose(request: AdaptationRequest) -> Choice:
    # The report holds every line; the command prints the verdict first.
    outcome = adapt(request, lambda _: None)
    verdict = outcome.findings.verdict
    words = {
        verdict.after: str(outcome.weights),
        verdict.before: request.before,
        NONE: "none",
    }
    text = f"{headline(verdict)} Report: {outcome.report}"
    return Choice(text, words[verdict.recommended])


def _read_choice(folder: Path) -> Choice | None:
    """Return the choice of a finished run; None if the run has not finished."""
    try:
        choice = as_dataclass(Choice, read_json(folder / _CHOICE))
    except (OSError, ValueError):
        return None
    is_there = not choice.descriptor.startswith(str(folder)) or Path(choice.descriptor).is_file()
    return choice if is_there else None
