"""Sizes that fit together, and those that do not."""

import dataclasses
import json

import pytest

from reid_vae.architecture import ARCHITECTURES, Architecture


def test_the_paper_s_table() -> None:
    vgg16 = ARCHITECTURES["vgg16"]
    assert vgg16.image_size == 64
    assert vgg16.latent_size == 128
    assert vgg16.encoder_channels == (64, 128, 256, 512, 512)
    assert vgg16.encoder_convolutions == (2, 2, 3, 3, 3)
    assert vgg16.decoder_channels == (256, 128, 64, 32, 16)
    assert vgg16.prior_hidden == (512, 512)
    assert not vgg16.isometric_start


def test_slim_has_the_paper_s_shape_and_a_quarter_of_its_encoder_s_channels() -> None:
    slim, vgg16 = ARCHITECTURES["slim"], ARCHITECTURES["vgg16"]
    assert [4 * channels for channels in slim.encoder_channels] == list(vgg16.encoder_channels)
    assert slim.encoder_convolutions == vgg16.encoder_convolutions
    assert len(slim.decoder_channels) == len(vgg16.decoder_channels)
    assert (slim.image_size, slim.latent_size) == (vgg16.image_size, vgg16.latent_size)


def test_data_size() -> None:
    assert Architecture().data_size == 64 * 64 * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"encoder_convolutions": (1,)},
        {"encoder_convolutions": (1, 1, 1)},
        {"image_size": 6},
        {"decoder_channels": (8, 8, 8, 8)},
        {"encoder_channels": (4,) * 4, "encoder_convolutions": (1,) * 4},
    ],
)
def test_sizes_that_do_not_fit(tiny: Architecture, changes: dict) -> None:
    with pytest.raises(ValueError, match="stage"):
        dataclasses.replace(tiny, **changes)


def test_survives_json(tiny: Architecture) -> None:
    sizes = json.loads(json.dumps(dataclasses.asdict(tiny)))
    again = Architecture(**{k: tuple(v) if isinstance(v, list) else v for k, v in sizes.items()})
    assert again == tiny
