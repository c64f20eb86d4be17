"""The prose of the page on what flatness buys."""

from benchmarks.flat_crops_measures import DIRECTIONS, KNOTS, NEAREST, POINTS, STEPS

PLANE = 1e-3
"""Largest affine residual of a decoder that is called a plane: a thousandth of its variance."""

TITLE = """\
# What flatness buys on crops of people

A flat latent space promises that one distance threshold serves everywhere, that distances are
calibrated, that Euclidean neighbours are the true neighbours, and that straight lines between two
people change evenly. This page tests each promise. `fmvae` has the flatness term and `vhpvae`
does not; both have the same network, crops and number of latents. Written by
`{command}`."""

DEFINITIONS = f"""\
All footage is tracked by motion alone and cut into tracklets: MOT16-09 with the boxes of YOLOX-x,
and {{scenes}} rendered scenes (seeds {{first}} and above). Nothing was tuned on these scenes. No
training saw labels; the last table says which of them saw crops of MOT16-09.

Pairs of tracklets:

- **Threshold loss**: percentage points of balanced error that the best threshold of one footage
  costs on another one. In the section of MOT16-09, it is the mean of both directions between
  MOT16-09 and each scene.
- **Calibration error**: mean difference between the stated P(same person) and the true share.
  **Log loss**: mean of -ln P(truth); without any knowledge it is 0.693.
- "Own distance" is the one that the weights are calibrated for: the cosine about the mean latent.

Crops, one per tracklet: {{queries}} queries look for neighbours among {{crops}} crops per footage,
or among all where a footage has fewer. A k-d tree (SciPy's `cKDTree`) finds the {NEAREST} nearest
by Euclidean distance. All lengths are measured along the decoded curve.

- **Recall@{NEAREST}, geodesics**: share of the {NEAREST} nearest by geodesic that the tree finds;
  by chance {{chance}}. **Straight lines**: the same by the length of the straight line, which costs
  one decoded line.
- **Rank correlation**: Spearman's, of the Euclidean distance with these lengths, over all crops.
- **Geodesic / straight line**: ratio of lengths; 1 says that the straight line is the geodesic. A
  descent from the straight line finds the geodesic: a spline of {KNOTS} free knots and {POINTS}
  points, {STEPS} steps. A longer descent finds slightly shorter curves where the decoder is curved,
  so the ratio is an upper bound. **Chord / straight line** is a lower bound: no curve is shorter
  than the distance between the two decoded pictures.

Straight lines between the crops of two people:

- **Unevenness of steps**: standard deviation over mean of the {POINTS - 1} decoded steps; 0 says
  that equal latent steps change the picture equally.
- **Midpoint to subspace**: distance of the decoded midpoints to the {DIRECTIONS} principal
  directions of the footage's crops, over that of the decoded ends. **Midpoint to nearest crop**:
  the same for the distance to the nearest crop of a third person. Above 1, the line leaves the
  data. An average of two pictures is smoother than either, so a value below 1 is no merit.

Numbers in brackets are {{level}} intervals of a hierarchical bootstrap ({{draws}} draws) over
trainings, over footages, and within a footage over people (pairs of tracklets) or queries (crops
and lines). All kinds see the same draws, so differences are paired. Where the interval of a
difference holds 0, these data cannot tell. A draw repeats some people and lacks others, which makes
threshold losses and calibration errors too large; so the intervals are basic ones, twice the figure
minus the quantiles of the draws, which take this bias away. They end at a measure's limits."""

ONE_TRAINING = """\
There is one training per kind. So the intervals cover other footage and other people; they do not
cover other trainings. MOT16-09 is one recording: its intervals do not cover other recordings."""

SEVERAL_TRAININGS = """\
The intervals cover trainings of the kinds that have several; the last table lists them. A kind with
one training lends no width to the interval, although its other trainings may differ. K draws among
K trainings vary too little, so the deviation of a draw from the mean over trainings is scaled by
sqrt(K / (K - 1)). Three trainings are few: where trainings differ much, the interval holds less
than {level}. MOT16-09 is one recording: its intervals do not cover other recordings."""

COST = f"""\
A geodesic needs no Jacobian: its descent decodes curves of {POINTS} points, and goes back through
the decoder once per step. For comparison, one metric tensor with all 128 columns takes 129 decoded
points. A Euclidean distance decodes nothing. Times are processor times of one thread, means over
the same pairs of crops; they are rough where other programs run beside. In 128 dimensions a k-d
tree visits most of its points, so its use is no faster than comparing with all."""

PICTURE = """\
Two rendered people per block, from the first scene. The outer columns are their crops as the
encoder sees them. The columns between are decoded at equal steps of the straight latent line. The
numbers below a row are its decoded steps over their mean."""

TRAININGS = """\
The error is the root mean square of a reconstructed value, in units of the data. c^2 is the mean of
the metric's diagonal. The affine residual is the share of the decoder's variance that no affine map
explains. The [start](departures.md#the-start) is the decoder before training. Trainings with
fewer steps are not comparable with the others."""


def plane_text(residuals: dict[str, float]) -> str:
    """Return what the decoders' affine residuals mean for this page.

    Args:
        residuals: kind of training -> mean share of the decoder's variance that no affine map
            explains, 0 to 1.
    """
    shares = ", ".join(f"`{kind}` {100 * share:.2g} %" for kind, share in residuals.items())
    planes = [f"`{kind}`" for kind, share in residuals.items() if share < PLANE]
    curved = [f"`{kind}`" for kind, share in residuals.items() if share >= PLANE]
    text = (
        f"The best affine map leaves this share of each decoder's variance unexplained: {shares}."
    )
    if planes:
        text += (
            f" So the decoders of {_listed(planes)} are planes. On a plane every straight line is "
            "the geodesic by construction: their neighbours, lengths and even steps follow from "
            "linear algebra, and principal components have them too. These figures confirm the "
            "arithmetic and are no evidence for the flatness term."
        )
    if curved:
        text += (
            f" Decoders that bend: {_listed(curved)}. Only there does the claim about geodesics "
            "meet a test."
        )
    return text


def pairs_text(pairs: list[tuple[str, str]]) -> str:
    """Return which kinds are compared."""
    names = _listed([f"`{one}` with `{other}`" for one, other in pairs])
    return f"Only kinds of as many latents are comparable. The page compares {names}."


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
