"""The paper's experiments on latent spaces: small data sets with two latents, shipped weights."""
