"""What of some footage is learned from, and who is who in it."""

from flatsort.adaptation.motion_links import link_by_motion
from flatsort.adaptation.observed_footage import Footage
from flatsort.training.calibration import hold_out
from flatsort.training.crop_set import CropRule


class Material:
    """Footage and its boxes, sorted.

    Attributes:
        footage: M boxes.
        learned: (M,) which of them may be learned from, L in all.
        crops: these L.
        linked: (L,) their tracklets.
        held: (L,) which of them are held out of training, to calibrate and to measure on.

    Args:
        footage: as above.
        rule: says which boxes may be learned from.
    """

    def __init__(self, footage: Footage, rule: CropRule) -> None:
        self.footage = footage
        self.learned = rule.keeps(footage)
        self.crops = footage.select(self.learned).crop_set()
        self.linked = link_by_motion(self.crops)
        self.held = hold_out(self.crops, self.linked)
