"""The readable engines of the trackers, on NumPy arrays.

The tests check that the compiled engines give the same tracks.
"""
