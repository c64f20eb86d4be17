"""The geometry of a decoder: metric tensor, curves, geodesics and measures of flatness."""
