"""The paper's experiments: Table 2, and the latent spaces of sections 4.1 to 4.4."""
