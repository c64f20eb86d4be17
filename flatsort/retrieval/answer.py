"""The answer to a search, written as a table, a JSON file or an HTML page."""

import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from flatsort.files.atomic import atomic_writer
from flatsort.retrieval.ranking import Ranking
from flatsort.retrieval.track_index import TrackIndex

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Hit:
    """A track that a search found.

    Attributes:
        rank: place in the answer, from 1.
        distance: distance from the query, in the metric's units.
        source: name of the track's source.
        id: identity of the track in its result file.
        first: frame of the track's first box.
        last: frame of the track's last box.
        frame: frame from which the picture is cut.
        picture: JPEG file.
    """

    rank: int
    distance: float
    source: str
    id: int
    first: int
    last: int
    frame: int
    picture: bytes


@dataclass(frozen=True)
class Answer:
    """The tracks nearest to a query.

    Attributes:
        query: the name of a track, or the file name of a picture.
        picture: JPEG file that shows the query.
        how: sentences that say which distance and which tracks were compared.
        hits: the tracks found, nearest first.
    """

    query: str
    picture: bytes
    how: str
    hits: list[Hit]


def make_hits(index: TrackIndex, ranking: Ranking) -> list[Hit]:
    """Return the ranked tracks of an index with their frames and pictures."""
    hits = []
    for rank, (track, distance) in enumerate(
        zip(ranking.tracks.tolist(), ranking.distances.tolist(), strict=True), start=1
    ):
        first, last = index.spans[track].tolist()
        hits.append(
            Hit(
                rank=rank,
                distance=distance,
                source=index.sources[index.track_sources[track]].name,
                id=int(index.track_ids[track]),
                first=first,
                last=last,
                frame=int(index.frames[index.pictured[track]]),
                picture=index.pictures[track],
            )
        )
    return hits


def text_table(answer: Answer) -> str:
    """Return the hits as a table for the terminal."""
    from tabulate import tabulate

    rows = [
        [hit.rank, f"{hit.distance:.3f}", hit.source, hit.id, f"{hit.first}-{hit.last}"]
        for hit in answer.hits
    ]
    align = ["right", "right", "left", "right", "right"] if rows else None
    header = ["Rank", "Distance", "Source", "Identity", "Frames"]
    return tabulate(rows, header, colalign=align, disable_numparse=True)


def write_json(path: Path, answer: Answer) -> None:
    """Write the answer as JSON, without its pictures.

    The keys are `query`, `how` and `hits`; each hit has the attributes of :class:`Hit` except
    `picture`.

    Raises:
        InputError: the file cannot be written.
    """
    hits = [asdict(hit) for hit in answer.hits]
    for hit in hits:
        del hit["picture"]
    with atomic_writer(path) as handle:
        json.dump({"query": answer.query, "how": answer.how, "hits": hits}, handle, indent=1)
        handle.write("\n")


def write_page(path: Path, answer: Answer) -> None:
    """Write the answer as one HTML file that needs no other file and no network.

    Raises:
        InputError: the file cannot be written.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["jpeg"] = _jpeg
    with atomic_writer(path) as handle:
        handle.write(environment.get_template("answer.html.jinja").render(answer=answer))


def _jpeg(data: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode('ascii')}"
