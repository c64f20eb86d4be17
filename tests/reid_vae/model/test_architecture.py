"""Architectures: the paper's sizes, and the errors for sizes that do not fit together."""

import dataclasses
import json

import pytest

from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture


def test_the_paper_s_table() -> None:
    vgg16 = ARCHITECTURES["vgg16"]
    assert vgg16.image_size == vgg16.observed_size == 64
    assert (vgg16.colours, vgg16.feather, vgg16.whitened_size) == ("rgb", 0, 0)
    assert vgg16.latent_size == 128
    assert vgg16.encoder_channels == (64, 128, 256, 512, 512)
    assert vgg16.encoder_convolutions == (2, 2, 3, 3, 3)
    assert vgg16.decoder_channels == (256, 128, 64, 32, 16)
    assert vgg16.prior_hidden == (512, 512)
    assert not vgg16.isometric_start


def test_vgg16_slim_has_a_quarter_of_the_paper_s_channels_and_else_its_sizes() -> None:
    slim, vgg16 = ARCHITECTURES["vgg16-slim"], ARCHITECTURES["vgg16"]
    channels = ("encoder_channels", "decoder_channels")
    for name in channels:
        assert [4 * count for count in getattr(slim, name)] == list(getattr(vgg16, name))
    wide = {name: getattr(vgg16, name) for name in (*channels, "prior_hidden")}
    assert dataclasses.replace(slim, **wide) == vgg16


def test_slim_has_the_paper_s_stages_and_a_quarter_of_its_encoder_s_channels() -> None:
    slim, vgg16 = ARCHITECTURES["slim"], ARCHITECTURES["vgg16"]
    # One stage fewer, because its pictures are half as wide.
    assert [4 * channels for channels in slim.encoder_channels] == [64, 128, 256, 512]
    assert slim.encoder_convolutions == vgg16.encoder_convolutions[:4]
    assert slim.decoder_channels == vgg16.decoder_channels[2:]
    assert slim.latent_size == vgg16.latent_size


def test_small_encodes_the_pictures_that_slim_decodes_with_half_the_channels() -> None:
    small, slim = ARCHITECTURES["small"], ARCHITECTURES["slim"]
    assert small.image_size == slim.observed_size
    # Small lacks the stage that halves slim's larger pictures.
    assert small.encoder_channels == tuple(channels // 2 for channels in slim.encoder_channels[1:])
    shared = {"encoder_channels": (), "encoder_convolutions": (), "image_size": 0}
    assert vars(small) | shared == vars(slim) | shared


@pytest.mark.parametrize(
    ("changes", "picture_size", "data_size"),
    [
        ({}, 3 * 64 * 64, 3 * 64 * 64),
        ({"observed_size": 32}, 3 * 32 * 32, 3 * 32 * 32),
        ({"observed_size": 32, "whitened_size": 100}, 3 * 32 * 32, 100),
    ],
)
def test_data_size(changes: dict, picture_size: int, data_size: int) -> None:
    architecture = Architecture(**changes)
    assert (architecture.picture_size, architecture.data_size) == (picture_size, data_size)


@pytest.mark.parametrize(
    "changes",
    [
        {"encoder_convolutions": (1,)},
        {"encoder_convolutions": (1, 1, 1)},
        {"image_size": 6},
        {"observed_size": 2},
        {"decoder_channels": (8, 8, 8, 8)},
        {"encoder_channels": (4,) * 4, "encoder_convolutions": (1,) * 4},
    ],
)
def test_sizes_that_do_not_fit(tiny: Architecture, changes: dict) -> None:
    with pytest.raises(ValueError, match="stage"):
        dataclasses.replace(tiny, **changes)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"encoder_channels": (), "encoder_convolutions": ()}, "must not be empty"),
        ({"decoder_channels": ()}, "must not be empty"),
        ({"dense_hidden": ()}, "must not be empty"),
        ({"prior_hidden": ()}, "must not be empty"),
        ({"observed_size": 16}, "observed_size must divide image_size"),
        ({"image_size": 12}, "observed_size must divide image_size"),
        ({"colours": "hsv"}, "colours must be rgb or lab, not 'hsv'"),
        ({"whitened_size": 193}, "whitened_size 193 .* 192 values"),
        ({"whitened_size": -1}, "whitened_size -1"),
        ({"activation": "tanh"}, "activation must be relu or silu, not 'tanh'"),
        ({"encoder_hidden": (4,)}, "encoder_hidden needs whitened_size"),
        ({"linear_encoder": True}, "linear_encoder needs isometric_start"),
        ({"isometric_start": True, "latent_size": 193}, "latent_size 193 .* 192"),
        ({"isometric_start": True, "whitened_size": 3}, "latent_size 4 .* 3"),
    ],
)
def test_invalid_values(tiny: Architecture, changes: dict, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(tiny, **changes)


def test_only_an_isometric_start_needs_as_many_values_as_latents(tiny: Architecture) -> None:
    assert dataclasses.replace(tiny, whitened_size=3).data_size == 3
    assert dataclasses.replace(tiny, whitened_size=192).data_size == 192


def test_json_round_trip(tiny: Architecture) -> None:
    sizes = json.loads(json.dumps(dataclasses.asdict(tiny)))
    again = Architecture(**{k: tuple(v) if isinstance(v, list) else v for k, v in sizes.items()})
    assert again == tiny
