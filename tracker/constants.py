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

# The gate on squared Mahalanobis distances: the 0.95 quantile of the chi-square distribution with
# 4 degrees of freedom, one per coordinate of a box.
CHI2_95_4 = 9.4877

# nwojke/deep_sort sets each cost above the limit to the limit plus this number, so that all pairs
# that will be refused cost the same.
CLAMP = 1e-5

# Limit in pixels. A box is invalid if a coordinate is this large or larger, or if a side is
# 1 / LARGEST_PX or shorter. Its area or ratio would leave the range of floating point.
LARGEST_PX = 1e9
