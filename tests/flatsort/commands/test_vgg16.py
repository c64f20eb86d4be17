"""The command on vgg16, with tiny networks in the place of the large ones."""

import pytest
import torch

from flatsort.commands.vgg16 import main
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from tests.flatsort.tiny_architecture import TINY


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Replace both networks, and restore the number of threads afterwards."""
    for name in ("vgg16", "vgg16-slim"):
        monkeypatch.setitem(ARCHITECTURES, name, Architecture(**TINY))
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def test_a_trial_leaves_the_page_in_docs_alone(tool, make_sequence, tmp_path):
    people = ((0, 0, 255), 10, 20, 20, 50, 1), ((255, 0, 0), 100, 40, 24, 60, 0)
    footage = make_sequence(people=people, length=100)
    runs = tmp_path / "runs"
    outcome = tool(main, "--seq", str(footage.folder), "--steps", "2", "--runs", str(runs))
    assert outcome.status == 0, outcome.err
    page = runs / "vgg16" / "page" / "vgg16.md"
    assert f"wrote {page}" in outcome.out
    text = page.read_text()
    assert text.count("| 3000") == 2
    assert "160 crops of MOT16-98" in text


@pytest.mark.parametrize("option", ["--steps", "--threads"])
def test_numbers_below_1_are_refused(tool, option):
    assert "must be above 0" in tool(main, "--seq", "MOT16-09", option, "0").error
