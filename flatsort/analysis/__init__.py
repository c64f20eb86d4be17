"""Answers from tracks: counts at lines and zones, with intervals; walks, heat maps, pictures."""
