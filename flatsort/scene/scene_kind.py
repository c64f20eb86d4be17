"""What may be different about a scene beyond its seed: people, clothes, camera and detector."""

from dataclasses import dataclass

from flatsort.errors import InputError
from flatsort.scene.world import FRAME_RATE

MOST_CROWDS = 4  # more groups of people than this stand inside each other


@dataclass(frozen=True)
class SceneKind:
    """The kind of a scene. The usual kind is the one of the built-in sequence.

    Attributes:
        crowds: groups of 16 people per block of 360 rendered frames, 1 to 4.
        uniforms: whether all people wear the same clothes; hair, skin, shoes and bags differ.
        carried: whether somebody walks about with the camera, which then pans and shakes more.
        detector_noise: factor on the detector's errors of places, lapses and false alarms.
        frame_rate: frames per second, 1 to 25. The camera takes 25 and keeps this many of them, as
            cameras on a network do.

    Raises:
        InputError: a value is out of its range.
    """

    crowds: int = 1
    uniforms: bool = False
    carried: bool = False
    detector_noise: float = 1.0
    frame_rate: int = FRAME_RATE

    def __post_init__(self) -> None:
        if not 1 <= self.crowds <= MOST_CROWDS:
            raise InputError(f"--crowds is {self.crowds}: give 1 to {MOST_CROWDS}")
        # Not "< 0", which NaN would pass.
        if not 0 <= self.detector_noise <= 10:
            raise InputError(f"--detector-noise is {self.detector_noise:g}: give 0 to 10")
        if not 1 <= self.frame_rate <= FRAME_RATE:
            raise InputError(f"--fps is {self.frame_rate}: give 1 to {FRAME_RATE}")

    def rendered_frame(self, frame: int) -> int:
        """Return the number of a kept frame among all frames of the camera; both count from 1."""
        return 1 + (frame - 1) * FRAME_RATE // self.frame_rate


USUAL = SceneKind()
