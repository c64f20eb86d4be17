"""The rows of the page's timelines: of tracks, and of the people they should be on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flatsort.reports.track_timeline import Bar, Track
from flatsort.reports.truth_section import Judgement, Person


@dataclass(frozen=True)
class Mark:
    """Something that happened in a frame.

    Attributes:
        frame: its number.
        kind: "switch" or "fragment".
        words: what happened.
    """

    frame: int
    kind: str
    words: str


@dataclass(frozen=True)
class Row:
    """A row of a timeline.

    Attributes:
        identity: whose.
        words: what is in it, for those who do not see the bars.
        frames: how many are in it; what the filter of lengths goes by.
        tracks: the identities in it; what the filter of identities goes by.
        switches: how many it takes part in; what the filter of switches goes by.
        faint: stretches drawn thin: of a track the whole time from its first frame to its last, of
            a person the frames in which somebody should be on them.
        bars: stretches drawn full.
        marks: ascending.
    """

    identity: int
    words: str
    frames: int
    tracks: tuple[int, ...]
    switches: int
    faint: tuple[Bar, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...] = ()


def track_rows(tracks: Iterable[Track], judgement: Judgement | None) -> list[Row]:
    """A row for each track; with ground truth, marked where it takes over somebody from another.

    Args:
        tracks: in order of rows.
        judgement: None without ground truth.
    """
    marks: dict[int, list[Mark]] = {}
    involved: Counter[int] = Counter()
    for person, switch in judgement.changes() if judgement else ():
        words = f"takes over person {person.identity} from track {switch.old}"
        marks.setdefault(switch.new, []).append(Mark(switch.frame, "switch", words))
        involved.update({switch.old, switch.new})
    return [
        Row(
            identity=track.identity,
            words=f"visible in {_counted(track.frames, 'frame')} from {track.first} to "
            f"{track.last}, in {_counted(len(track.bars), 'stretch', 'es')}",
            frames=track.frames,
            tracks=(track.identity,),
            switches=involved[track.identity],
            faint=(Bar(track.first, track.last, track.identity),),
            bars=track.bars,
            marks=tuple(marks.get(track.identity, ())),
        )
        for track in tracks
    ]


def person_rows(judgement: Judgement) -> list[Row]:
    """A row for each person of the ground truth: which track is on them, and where that breaks."""
    return [
        Row(
            identity=person.identity,
            words=f"there in {_counted(person.frames, 'frame')}, followed in {person.followed}, "
            f"{_counted(len(person.switches), 'switch', 'es')}, "
            f"{_counted(len(person.lost), 'fragment')}",
            frames=person.frames,
            tracks=tuple(sorted({bar.identity for bar in person.held})),
            switches=len(person.switches),
            faint=person.present,
            bars=person.held,
            marks=_marks(person),
        )
        for person in judgement.people
    ]


def _marks(person: Person) -> tuple[Mark, ...]:
    switches = [
        Mark(switch.frame, "switch", f"from track {switch.old} to track {switch.new}")
        for switch in person.switches
    ]
    fragments = [
        Mark(lost.first, "fragment", f"lost from {lost.first} to {lost.last}")
        for lost in person.lost
    ]
    return tuple(sorted(switches + fragments, key=lambda mark: mark.frame))


def _counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun}{'' if number == 1 else plural}"
