"""One online run: frames in, tracks out to the sinks, and a record of how it was done."""
