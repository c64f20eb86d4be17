"""Write a page about one tracking run, and film its results."""
