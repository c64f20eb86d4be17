"""The picture sheet, cell by cell."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.training.picture_sheet import (
    CELL,
    COLUMNS,
    draw_sheet,
    save_sheet,
    sheet_rows,
)

# Pixels of make_grid's frame around cells.
FRAME = 2


@pytest.fixture
def model(tiny_isometric: Architecture) -> VHPVAE:
    return VHPVAE(tiny_isometric)


@pytest.fixture
def images(crops: NDArray[np.uint8]) -> Tensor:
    return torch.tensor(crops[:COLUMNS]).permute(0, 3, 1, 2) / 255


def cell(sheet: Tensor, row: int, column: int) -> Tensor:
    """Return one picture of a sheet, (3, CELL, CELL)."""
    top, left = (FRAME + index * (CELL + FRAME) for index in (row, column))
    return sheet[:, top : top + CELL, left : left + CELL]


def enlarged(picture: Tensor) -> Tensor:
    """Enlarge (3, s, s) to (3, CELL, CELL); each pixel becomes a square."""
    size = CELL // picture.shape[-1]
    return picture.repeat_interleave(size, 1).repeat_interleave(size, 2)


class TestRows:
    def test_are_spread_evenly(self) -> None:
        assert sheet_rows(71).tolist() == [0, 10, 20, 30, 40, 50, 60, 70]

    def test_of_fewer_crops_than_columns(self) -> None:
        rows = sheet_rows(3)
        assert (len(rows), rows.min(), rows.max()) == (COLUMNS, 0, 2)


class TestDrawing:
    def test_three_rows_and_one_per_pair(self, model: VHPVAE, images: Tensor) -> None:
        sheet = draw_sheet(model, images, images)
        height, width = ((CELL + FRAME) * count + FRAME for count in (3 + COLUMNS // 2, COLUMNS))
        assert sheet.shape == (3, height, width)
        assert sheet.min() >= 0
        assert sheet.max() <= 1

    def test_crops_targets_and_reconstructions(self, model: VHPVAE, images: Tensor) -> None:
        targets = images.flip(-1)
        sheet = draw_sheet(model, images, targets)
        with torch.no_grad():
            made = model.pictures(model.encode(images)).clamp(0, 1)
        for column in range(COLUMNS):
            for row, pictures in enumerate((images, targets, made)):
                torch.testing.assert_close(cell(sheet, row, column), enlarged(pictures[column]))

    def test_lines_join_the_reconstructions(self, model: VHPVAE, images: Tensor) -> None:
        sheet = draw_sheet(model, images, images)
        for pair in range(COLUMNS // 2):
            first, last = cell(sheet, 3 + pair, 0), cell(sheet, 3 + pair, COLUMNS - 1)
            torch.testing.assert_close(first, cell(sheet, 2, pair))
            torch.testing.assert_close(last, cell(sheet, 2, pair + COLUMNS // 2))
            assert not torch.allclose(first, last)

    def test_drawing_does_not_change_the_model(self, model: VHPVAE, images: Tensor) -> None:
        before = {name: value.clone() for name, value in model.state_dict().items()}
        draw_sheet(model.train(), images, images)
        assert not model.training
        for name, value in model.state_dict().items():
            assert torch.equal(value, before[name]), name

    def test_small_whitened_lab_pictures(self) -> None:
        architecture = Architecture(
            image_size=16,
            observed_size=8,
            colours="lab",
            feather=0.25,
            whitened_size=6,
            latent_size=4,
            prior_latent_size=2,
            encoder_channels=(4,),
            encoder_convolutions=(1,),
            decoder_channels=(4,),
            isometric_start=True,
        )
        model, images = VHPVAE(architecture), torch.rand(COLUMNS, 3, 16, 16)
        model.observation.fit_channels(images)
        targets = model.observation.pictures(images)
        sheet = draw_sheet(model, images, targets)
        torch.testing.assert_close(cell(sheet, 0, 5), enlarged(images[5]))
        torch.testing.assert_close(
            cell(sheet, 1, 5), enlarged(model.observation.to_rgb(targets)[5])
        )
        assert torch.isfinite(sheet).all()


class TestSaving:
    def test_the_file_has_the_pictures(self, model: VHPVAE, images: Tensor, tmp_path: Path) -> None:
        sheet = draw_sheet(model, images, images)
        path = tmp_path / "sheet.png"
        path.write_bytes(b"an older one")
        save_sheet(sheet, path)
        with Image.open(path) as image:
            read = torch.tensor(np.asarray(image)).permute(2, 0, 1) / 255
        torch.testing.assert_close(read, sheet, atol=1 / 255, rtol=0)
        assert [entry.name for entry in tmp_path.iterdir()] == ["sheet.png"]

    def test_a_file_that_cannot_be_written(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match=r"sheet\.png.*cannot write"):
            save_sheet(torch.zeros(3, 4, 4), tmp_path / "missing" / "sheet.png")
