"""How the camera moves, measured frame by frame in the pictures or read from a file."""
