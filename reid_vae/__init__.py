"""The flat-manifold variational autoencoder (VHP-FMVAE) that tells people apart without labels."""
