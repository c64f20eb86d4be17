"""The model: networks, hierarchical prior, likelihood and the space of the data."""
