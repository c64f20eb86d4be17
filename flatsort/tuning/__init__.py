"""Search for a tracker's settings on some sequences, and score them on others."""
