"""Weights files: written, read back, and refused if damaged or foreign."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.principal_encoder import PrincipalEncoder
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.weights.weights import load_encoder, load_weights, save_weights
from flatsort.reid_vae.weights.weights_file import GUARD, WeightsError, has_decoder, read_card

CARD = {"settings": {"beta": 3000.0, "name": "ü"}, "measured": None, "calibration": {"gate": 0.2}}


@pytest.fixture
def model(tiny: Architecture) -> VHPVAE:
    """A model whose BatchNorm statistics and mean descriptor differ from their initial values."""
    model = VHPVAE(tiny)
    for _ in range(3):
        model.encoder(torch.rand(16, 3, 8, 8))
    model.latent_mean.copy_(torch.randn(4))
    return model.eval()


@pytest.fixture
def path(tmp_path: Path, model: VHPVAE) -> Path:
    path = tmp_path / "weights" / "tiny.safetensors"
    save_weights(path, model, CARD)
    return path


def rewrite(
    path: Path,
    change: Callable[[dict[str, Tensor], dict[str, Any]], None],
) -> None:
    """Change the tensors or the metadata of a weights file in place."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        facts = json.loads(file.metadata()["flatsort"])
    tensors = load_file(path)
    # Somebody's own program writes no digest.
    del facts[GUARD]
    change(tensors, facts)
    save_file(tensors, path, {"flatsort": json.dumps(facts)})


class TestRoundTrip:
    def test_every_tensor_is_kept_to_half_precision(self, model: VHPVAE, path: Path) -> None:
        loaded, _ = load_weights(path)
        expected = model.state_dict()
        assert loaded.state_dict().keys() == expected.keys()
        for name, value in loaded.state_dict().items():
            assert value.dtype == expected[name].dtype
            # Half precision has 11 significant bits; below 6e-5 it has an absolute step of 6e-8.
            torch.testing.assert_close(value, expected[name], rtol=2**-11, atol=6e-8)

    def test_a_loaded_model_is_ready_for_inference(self, path: Path) -> None:
        loaded, _ = load_weights(path)
        assert not loaded.training
        assert all(p.dtype == torch.float32 for p in loaded.parameters())

    def test_descriptors_move_by_a_few_parts_in_a_thousand(self, model: VHPVAE, path: Path) -> None:
        images = torch.rand(8, 3, 8, 8)
        expected = model.encode(images)
        error = (load_weights(path)[0].encode(images) - expected).norm() / expected.norm()
        assert 0 < error < 3e-3

    def test_architecture_and_card(self, model: VHPVAE, path: Path) -> None:
        loaded, card = load_weights(path)
        assert loaded.architecture == model.architecture
        assert card == read_card(path) == CARD

    def test_the_file_has_half_the_size_of_float32(self, model: VHPVAE, path: Path) -> None:
        values = sum(value.numel() for value in model.state_dict().values())
        assert load_file(path)["encoder.posterior.mean.weight"].dtype == torch.float16
        assert path.stat().st_size < 2 * values + 10_000

    def test_the_decoder_s_isometric_part(
        self, tmp_path: Path, tiny_isometric: Architecture
    ) -> None:
        model = VHPVAE(tiny_isometric)
        save_weights(tmp_path / "w.safetensors", model, {})
        loaded, _ = load_weights(tmp_path / "w.safetensors")
        z = torch.randn(3, 4)
        torch.testing.assert_close(loaded.decoder(z), model.decoder(z), atol=2e-3, rtol=0)


class TestWriting:
    def test_no_other_file_is_left(self, path: Path) -> None:
        assert [file.name for file in path.parent.iterdir()] == ["tiny.safetensors"]

    def test_the_same_model_gives_the_same_bytes(self, model: VHPVAE, path: Path) -> None:
        before = path.read_bytes()
        save_weights(path, model, CARD)
        assert path.read_bytes() == before

    def test_replaces_an_older_file(self, model: VHPVAE, path: Path) -> None:
        save_weights(path, model, {"second": True})
        assert read_card(path) == {"second": True}

    def test_a_card_that_cannot_be_written_leaves_the_older_file(
        self, model: VHPVAE, path: Path
    ) -> None:
        with pytest.raises(TypeError):
            save_weights(path, model, {"crops": object()})
        assert read_card(path) == CARD
        assert len(list(path.parent.iterdir())) == 1


def lose_a_tensor(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    del tensors["latent_mean"]


def add_a_tensor(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    tensors["latent_variance"] = torch.zeros(4)


def misshape_a_tensor(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    tensors["latent_mean"] = torch.zeros(5)


def forget_the_format(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    del facts["format"]


def change_the_format(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    facts["format"] = "vhpvae-99"


def lose_the_architecture(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    del facts["architecture"]


def break_the_architecture(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    facts["architecture"] = "slim"


def misfit_the_architecture(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    facts["architecture"]["image_size"] = 6


def unknown_size(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    facts["architecture"] = {"colour": "red"}


def resize(**sizes: Any) -> Callable[[dict[str, Tensor], dict[str, Any]], None]:
    """Return a change of layer sizes."""
    return lambda tensors, facts: facts["architecture"].update(sizes)


def store_as(kind: torch.dtype, value: float) -> Callable[..., None]:
    """Return a change of the kind and the numbers of a tensor."""

    def change(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        tensors["latent_mean"] = torch.full((4,), value, dtype=torch.float64).to(kind)

    return change


def lose_the_card(tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    facts["card"] = ["card"]


class TestErrors:
    @pytest.mark.parametrize(
        ("change", "part"),
        [
            (lose_a_tensor, "latent_mean"),
            (add_a_tensor, "latent_variance"),
            (misshape_a_tensor, r"latent_mean is \(5,\).*\(4,\)"),
            (forget_the_format, "another program"),
            (change_the_format, "another program"),
            (lose_the_architecture, "architecture"),
            (break_the_architecture, "architecture"),
            (misfit_the_architecture, "image_size 6"),
            (unknown_size, "colour"),
            (resize(image_size=[8]), r"image_size .* is not of the kind of 64"),
            (resize(latent_size="4"), r"latent_size .* is not of the kind of 128"),
            (resize(latent_size=True), r"latent_size .* is not of the kind"),
            (resize(latent_size=10**30), r"latent_size .* is not of the kind"),
            (resize(image_size=2**40, observed_size=8), r"image_size .* is not of the kind"),
            (resize(image_size=65_536, observed_size=65_536), "but the architecture needs"),
            (
                resize(encoder_convolutions=[10**6, 1]),
                r"encoder_convolutions .* is not of the kind",
            ),
            (resize(encoder_channels=[[4], 4]), r"encoder_channels .* is not of the kind"),
            (resize(encoder_channels=4), r"encoder_channels .* is not of the kind"),
            (resize(feather=float("nan")), r"feather .* is not of the kind"),
            (resize(bypass="no"), r"bypass .* is not of the kind of False"),
            (resize(colours=["rgb"]), r"colours .* is not of the kind of 'rgb'"),
            (resize(activation=7), r"activation .* is not of the kind"),
            (lose_the_card, "the card is no object"),
            (store_as(torch.float64, 1e300), "latent_mean is not finite"),
            (store_as(torch.int64, 1), "latent_mean is of the kind torch.int64"),
            (store_as(torch.float8_e5m2, 1), "latent_mean is of the kind torch.float8_e5m2"),
        ],
    )
    def test_a_file_that_does_not_fit(self, path: Path, change: Callable, part: str) -> None:
        rewrite(path, change)
        with pytest.raises(WeightsError, match=f"tiny.safetensors.*{part}"):
            load_weights(path)

    @pytest.mark.parametrize("read", [load_weights, read_card])
    def test_a_missing_file(self, tmp_path: Path, read: Callable) -> None:
        with pytest.raises(WeightsError, match=r"absent\.safetensors.*no such"):
            read(tmp_path / "absent.safetensors")

    @pytest.mark.parametrize("read", [load_weights, read_card])
    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip file, as torch.save writes"])
    def test_a_file_that_is_not_safetensors(
        self, tmp_path: Path, read: Callable, content: bytes
    ) -> None:
        path = tmp_path / "model.pt"
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=r"model\.pt.*not a safetensors"):
            read(path)

    def test_a_file_cut_short(self, path: Path) -> None:
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(WeightsError, match=r"tiny\.safetensors"):
            load_weights(path)

    @pytest.mark.parametrize("read", [load_weights, read_card])
    def test_weights_of_another_program(self, tmp_path: Path, read: Callable) -> None:
        path = tmp_path / "resnet.safetensors"
        save_file({"conv1.weight": torch.zeros(3)}, path)
        with pytest.raises(WeightsError, match=r"resnet\.safetensors.*another program"):
            read(path)


def test_principal_components_are_kept_and_have_no_decoder(
    tiny: Architecture, path: Path, tmp_path: Path
) -> None:
    images = torch.rand(60, 3, 8, 8)
    encoder = PrincipalEncoder(tiny)
    encoder.fit(images)
    stored = tmp_path / "pca.safetensors"
    save_weights(stored, encoder, CARD)
    loaded, card = load_encoder(stored)
    assert isinstance(loaded, PrincipalEncoder) and card == CARD
    torch.testing.assert_close(loaded.encode(images), encoder.encode(images), rtol=0, atol=5e-3)
    assert has_decoder(path) and not has_decoder(stored)
    with pytest.raises(WeightsError, match=r"pca\.safetensors: principal components"):
        load_weights(stored)


SHIPPED = sorted((Path(__file__).parents[3] / "weights").glob("*.safetensors"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_flipped_bit_in_shipped_weights_is_noticed(path: Path, tmp_path: Path) -> None:
    load_encoder(path)
    data = bytearray(path.read_bytes())
    # The last numbers of the file belong to a tensor; the lowest bit of one hardly changes it.
    data[-100] ^= 1
    copy = tmp_path / path.name
    copy.write_bytes(data)
    with pytest.raises(WeightsError, match="damaged: its numbers have changed"):
        load_encoder(copy)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_flipped_bit_in_a_shipped_card_is_noticed(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    # The metadata are a string within the header, so quotes have a backslash: "gate": 0.3...
    place = content.index(b'\\"gate\\": 0.') + len(b'\\"gate\\": 0.')
    assert chr(content[place]).isdigit()
    damaged = tmp_path / path.name
    damaged.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    with pytest.raises(WeightsError, match="damaged: its card"):
        read_card(damaged)
