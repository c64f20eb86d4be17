"""The model: networks, hierarchical prior, likelihood and data space."""
