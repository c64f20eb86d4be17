"""Fit, flatness and recognition at latent sizes from 4 to 128: docs/latent-sizes.md."""
