"""Online tracking runs: frames in, tracks out to the sinks, and a record of the run."""
