"""Many sources in one process: a thread per source, networks that all of them share."""
