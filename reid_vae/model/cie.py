"""The constants of sRGB and CIE L*a*b*, which the torch and the ONNX form of the encoder share."""

# IEC 61966-2-1 (sRGB, D65 white) and CIE 15: linear RGB to XYZ.
RGB_TO_XYZ = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
# The cube root is replaced by a line below this, where its slope would run away.
LINEAR_BELOW = (6 / 29) ** 3
