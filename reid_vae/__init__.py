"""The flat-manifold variational autoencoder (VHP-FMVAE): re-identification without labels."""
