"""The numbers of the motion models, the gates and the limits.

This is their only copy. The NumPy engine, the compiled engine and :mod:`tracker.filterpy_motion`
read them from here.
"""

# The noises of DeepSORT's filter on (centre x, centre y, aspect ratio, height), as in
# nwojke/deep_sort. Each weight is a standard deviation of centre and height, as a fraction of the
# box height; velocities are per frame.
POSITION_WEIGHT = 1 / 20
VELOCITY_WEIGHT = 1 / 160
# The same weights for a new track, which has been seen only once.
START_POSITION_WEIGHT = 2 * POSITION_WEIGHT
START_VELOCITY_WEIGHT = 10 * VELOCITY_WEIGHT

# Variances of DeepSORT's aspect ratio width / height. They do not depend on the box height.
# The first two serve both as process noise and as the variances of a new track.
ASPECT_VARIANCE = 1e-2**2
ASPECT_VELOCITY_VARIANCE = 1e-5**2
ASPECT_MEASUREMENT_VARIANCE = 1e-1**2

# The variances of SORT's filter, as in abewley/sort, in the order centre x, centre y (pixels),
# area (square pixels), aspect ratio; velocities are per frame. The aspect ratio has no velocity.
# The filter gives it one that starts at zero; zero variance and zero noise keep it there.
SORT_START_POSITION_VARIANCES = (10.0, 10.0, 10.0, 10.0)
SORT_START_VELOCITY_VARIANCES = (1e4, 1e4, 1e4, 0.0)
SORT_POSITION_NOISES = (1.0, 1.0, 1.0, 1.0)
SORT_VELOCITY_NOISES = (1e-2, 1e-2, 1e-4, 0.0)
SORT_MEASUREMENT_NOISES = (1.0, 1.0, 10.0, 10.0)

# The noises of FlatSORT's filter on (centre x, centre y, width, height), as in BoT-SORT. Each
# weight is a standard deviation, as a fraction of the box width for centre x and width, and of the
# box height for centre y and height; velocities are per frame. They equal DeepSORT's, and have
# names of their own because a change of one filter must leave the other one alone.
FLAT_POSITION_WEIGHT = 1 / 20
FLAT_VELOCITY_WEIGHT = 1 / 160
# The same for a new track, which has been seen only once.
FLAT_START_POSITION_WEIGHT = 2 * FLAT_POSITION_WEIGHT
FLAT_START_VELOCITY_WEIGHT = 10 * FLAT_VELOCITY_WEIGHT

# Camera motion from boxes. A track and a box are compared after the sides of both have grown by
# this factor about their centres (a buffer of 0.3 on each side), because a panning camera moves a
# narrow box by more than its width between two frames.
CAMERA_GROWTH = 1.6
# Smallest IoU of a track and a box, both grown, that may be one person.
CAMERA_MIN_OVERLAP = 0.1
# Largest ratio of the two heights of one person in successive frames: 20 %.
CAMERA_MAX_HEIGHT_RATIO = 1.2
# Rounds of the robust fit; each weighs the pairs by their distance from the fit before.
CAMERA_FIT_ROUNDS = 5
# Pairs nearer to the fit than this fraction of the mean box height have full weight: detectors
# jitter by about as much.
CAMERA_JITTER = 1 / 100
# The fit of the scale sees one more pair, which does not move and stands this fraction of the mean
# box height from the centre. It decides where all people stand in one place.
CAMERA_STILL_ARM = 1 / 3
# Largest factor by which the picture may grow or shrink within one frame.
CAMERA_MAX_SCALE = 1.1
# Times that all tracks are moved per frame. The second fit finds pairs that the first one missed.
CAMERA_PASSES = 2
# Factor of the camera's velocity per frame without an estimate.
CAMERA_DECAY = 1 / 2
# Largest factor by which a movement measured outside the tracker may scale the picture, and the
# inverse of the smallest. A larger one is an error of the measurement.
MEASURED_MAX_SCALE = 2.0

# The gate on squared Mahalanobis distances: the 0.95 quantile of the chi-square distribution with
# 4 degrees of freedom, one per coordinate of a box.
CHI2_95_4 = 9.4877

# nwojke/deep_sort sets each cost above the limit to the limit plus this number, so that all pairs
# that will be refused cost the same.
CLAMP = 1e-5

# Limit in pixels. A box is invalid if a coordinate is this large or larger, or if a side is
# 1 / LARGEST_PX or shorter. Its area or ratio would leave the range of floating point.
LARGEST_PX = 1e9

# Nats of appearance evidence that outweigh a difference of 1 in IoU. Evidence is bounded by
# tracker.identity.distance_calibration.LARGEST_EVIDENCE, so looks change a cost by at most .63.
# They decide between boxes that a track overlaps, and never send it elsewhere.
NATS_PER_IOU = 8
