"""The rows of the page's two timelines: tracks, and people of the ground truth."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flatsort.reports.track_timeline import Bar, Track
from flatsort.reports.truth_section import Judgement, Person


@dataclass(frozen=True)
class Mark:
    """An event in a row of a timeline.

    Attributes:
        frame: number of the frame.
        kind: "switch" or "fragment".
        words: description of the event.
    """

    frame: int
    kind: str
    words: str


@dataclass(frozen=True)
class Row:
    """A row of a timeline.

    Attributes:
        identity: identity of the track or of the person.
        words: description of the row, for readers who cannot see the bars.
        frames: number of frames with the track or person; the length filter uses it.
        tracks: identities of the tracks in the row; the filter of tracks uses them.
        switches: number of switches that involve the row; the filter of switches uses it.
        faint: stretches drawn thin: for a track, one from its first frame to its last; for a
            person, the frames in which the ground truth has the person.
        bars: stretches drawn full: the frames in which a track is visible.
        marks: events, in order of frames.
    """

    identity: int
    words: str
    frames: int
    tracks: tuple[int, ...]
    switches: int
    faint: tuple[Bar, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...] = ()


def track_rows(
    tracks: Iterable[Track], judgement: Judgement | None, class_names: Mapping[str, str]
) -> list[Row]:
    """Return one row per track; a mark shows where it takes over a person from another track.

    Args:
        tracks: the tracks, in the order of the rows.
        judgement: comparison with the ground truth; without it (None) there are no marks.
        class_names: number of a track's class, as text -> name, for the words.
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
            words=f"{_class_words(track, class_names)}visible in {_counted(track.frames, 'frame')} "
            f"from {track.first} to {track.last}, in {_counted(len(track.bars), 'stretch', 'es')}",
            frames=track.frames,
            tracks=(track.identity,),
            switches=involved[track.identity],
            faint=(Bar(track.first, track.last, track.identity),),
            bars=track.bars,
            marks=tuple(marks.get(track.identity, ())),
        )
        for track in tracks
    ]


def _class_words(track: Track, class_names: Mapping[str, str]) -> str:
    name = class_names.get(str(track.class_number), "")
    return f"{name}, " if name else ""


def person_rows(judgement: Judgement) -> list[Row]:
    """Return one row per person of the ground truth, with the person's tracks and breaks."""
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
