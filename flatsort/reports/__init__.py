"""The page about a run: what happened when, drawn from its results."""
