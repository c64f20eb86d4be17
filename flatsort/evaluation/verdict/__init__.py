"""Judge, without labels, which of several ways to track footage mixes up the fewest people."""
