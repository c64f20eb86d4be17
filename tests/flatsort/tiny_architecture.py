"""The layer sizes of a network that trains in a fraction of a second."""

TINY = {
    "image_size": 16,
    "observed_size": 8,
    "colours": "lab",
    "feather": 0.25,
    "latent_size": 4,
    "prior_latent_size": 4,
    "encoder_channels": (4, 8),
    "encoder_convolutions": (1, 1),
    "decoder_channels": (8, 4),
    "prior_hidden": (16,),
    "isometric_start": True,
}
