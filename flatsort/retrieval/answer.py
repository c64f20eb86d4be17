"""What a search found: as a table, as JSON, as pictures and as a page."""

import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from flatsort.files.atomic import atomic_writer
from flatsort.retrieval.index import TrackIndex
from flatsort.retrieval.ranking import Ranking

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Hit:
    """A track that was found.

    Attributes:
        rank: from 1.
        distance: from the query, in the metric's units.
        source: name of the source.
        id: identity in its result file.
        first: frame of the track's first box.
        last: and of its last.
        frame: that the picture is of.
        picture: JPEG.
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
        query: a track's name, or a picture's file name.
        picture: of the query, JPEG.
        how: sentences on what was compared.
        hits: the nearest first.
    """

    query: str
    picture: bytes
    how: str
    hits: list[Hit]


def make_hits(index: TrackIndex, ranking: Ranking) -> list[Hit]:
    """The ranked tracks of an index with all that is shown of them."""
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
    """For the terminal."""
    from tabulate import tabulate

    rows = [
        [hit.rank, f"{hit.distance:.3f}", hit.source, hit.id, f"{hit.first}-{hit.last}"]
        for hit in answer.hits
    ]
    align = ["right", "right", "left", "right", "right"] if rows else None
    header = ["Rank", "Distance", "Source", "Identity", "Frames"]
    return tabulate(rows, header, colalign=align, disable_numparse=True)


def write_json(path: Path, answer: Answer) -> None:
    """Write `query`, `how` and `hits`: the attributes of :class:`Hit` without the picture.

    Raises:
        InputError: the file cannot be written there.
    """
    hits = [asdict(hit) for hit in answer.hits]
    for hit in hits:
        del hit["picture"]
    with atomic_writer(path) as handle:
        json.dump({"query": answer.query, "how": answer.how, "hits": hits}, handle, indent=1)
        handle.write("\n")


def write_page(path: Path, answer: Answer) -> None:
    """Write one HTML file that needs no other and no network.

    Raises:
        InputError: the file cannot be written there.
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
