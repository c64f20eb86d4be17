"""The request for tracking: the values that a user gives, each with its default."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from flatsort.analysis.boundaries import Boundary, Zone
from flatsort.descriptors import descriptor_label
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import detector_label
from flatsort.linking.linking_request import LinkingRequest
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.tracking.tracker_options import TrackerOptions

DETECTION_FILE = "det.txt"
"""The detection file that every MOTChallenge sequence has in its folder det/."""

NAME_FIELD = "{name}"
"""The part of a detector's word that stands for the name of the footage."""


@dataclass(frozen=True)
class TrackingRequest:
    """How to track footage, and which files to write.

    Attributes:
        descriptor: the descriptor's word, as `load_descriptor` takes it; "none" for SORT and
            FlatSORT.
        options: the tracker's options.
        detector: the detector's word, as `load_detector` takes it, or such a word with NAME_FIELD,
            see :meth:`for_footage`; None to track the boxes of a sequence's detection file.
        detector_settings: settings of the detector.
        detections: the detection file, if there is no detector: a file in the sequence's det/, or a
            path.
        learns_thresholds: whether to learn FlatSORT's thresholds from the detection file, see
            :mod:`flatsort.tracking.learned_thresholds`.
        save_detections: file for the detector's boxes in MOTChallenge's format; None for no file.
        cache: folder for the features of sequences and the boxes of recordings; None to keep
            neither.
        results: the run writes RESULTS/TRACKER/SEQ.txt, and the record of the run beside it.
        tracker: TRACKER; None for a name made from the descriptor and the detector.
        also: further formats: "csv", "jsonl", "coco", "cvat" or "yolo", for SEQ.csv, SEQ.jsonl,
            SEQ.coco.json, SEQ.cvat.xml and the folder SEQ.yolo.
        video: the overlay film, .mp4, or a folder for it; None for no film.
        blurs_heads: whether the film makes the heads of tracked people unrecognisable.
        show: whether to show the tracks in a live window.
        notes: sentences about the choice of the detector that the user has seen, for the record.
        boundaries: lines and zones at which people are counted.
        selection: the frames to track.
        region: the part of the picture in which to track; a box is in it if the middle of its lower
            edge is. None for the whole picture.
        linking: how to link the tracks of a recording after it was tracked by motion alone; None to
            decide frame by frame.
    """

    descriptor: str = "none"
    options: TrackerOptions = field(default_factory=TrackerOptions)
    detector: str | None = None
    detector_settings: DetectorSettings = field(default_factory=DetectorSettings)
    detections: str = DETECTION_FILE
    learns_thresholds: bool = False
    save_detections: Path | None = None
    cache: Path | None = None
    results: Path = Path("results")
    tracker: str | None = None
    also: tuple[str, ...] = ()
    video: Path | None = None
    blurs_heads: bool = False
    show: bool = False
    notes: tuple[str, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    selection: FrameSelection = ALL
    region: Zone | None = None
    linking: LinkingRequest | None = None

    @property
    def tracker_name(self) -> str:
        """TRACKER: the given name, or one made from the parts, such as fmvae-lazy@hog.

        FlatSORT's name comes first, because its results differ from those of SORT and DeepSORT.
        """
        if self.tracker:
            return self.tracker
        name = descriptor_label(self.descriptor)
        if self.options.preset == "flatsort":
            name = "flatsort" if self.descriptor == "none" else f"flatsort-{name}"
        if self.linking is not None:
            name += "-offline"
        if self.options.lazy:
            name += "-lazy"
        if self.detector:
            name += f"@{detector_label(self.detector.replace(NAME_FIELD, 'boxes'))}"
        elif self.detections != DETECTION_FILE:
            name += f"@{Path(self.detections).stem}"
        return name

    def for_footage(self, name: str) -> "TrackingRequest":
        """Return the request for footage of this name, which replaces NAME_FIELD.

        The results of all footage stay in one folder TRACKER.
        """
        if self.detector is None or NAME_FIELD not in self.detector:
            return self
        word = self.detector.replace(NAME_FIELD, name)
        return replace(self, detector=word, tracker=self.tracker_name)

    def words(self) -> list[str]:
        """Return the words that may name files to read: of detector, descriptor, camera motion."""
        words = (self.detector, self.detections, self.descriptor, self.options.camera_motion)
        return [word for word in words if word is not None]

    def video_path(self, name: str) -> Path | None:
        """Return the film's file for footage of this name; None for no film."""
        if self.video is None or self.video.suffix:
            return self.video
        return self.video / f"{name}.mp4"
