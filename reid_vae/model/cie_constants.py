"""Constants of sRGB and CIE L*a*b*.

They have a module without torch, so that both the torch and the ONNX form of the encoder use them.
"""

# Matrix from linear RGB to XYZ: IEC 61966-2-1 (sRGB, D65 white) and CIE 15.
RGB_TO_XYZ = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
# Relative XYZ value below which L*a*b* replaces the cube root by a line, because the slope of the
# root grows without bound towards 0 (CIE 15).
LINEAR_BELOW = (6 / 29) ** 3
