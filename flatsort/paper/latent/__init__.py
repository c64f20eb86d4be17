"""The geometry bench: the paper's experiments on small data sets with two latents."""
