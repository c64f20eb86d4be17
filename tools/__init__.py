"""Command lines, and what joins the tracker to the descriptors: files, scores, pictures."""
