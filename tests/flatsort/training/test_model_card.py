"""The page about weights files, whose names may have any characters."""

import re
import shutil

from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.training.model_card import write_model_cards


def test_names_with_markup_stay_in_their_cells(tmp_path):
    names = ["plain", "a|b", "<b>x</b>".replace("/", " "), "two\nlines"]
    for name in names:
        shutil.copy(SHIPPED_WEIGHTS / "pca.safetensors", tmp_path / f"{name}.safetensors")
    write_model_cards(tmp_path)
    lines = (tmp_path / "MODEL_CARD.md").read_text().splitlines()
    bars = re.compile(r"(?<!\\)\|")
    rows = [line for line in lines if line.startswith("|")]
    assert {len(bars.findall(row)) for row in rows} == {len(bars.findall(rows[0]))}
    shown = {r"a\|b", r"\<b\>x\< b\>", "two lines", "plain"}
    assert {bars.split(row)[1].strip() for row in rows[2:]} == shown
    assert {line[3:] for line in lines if line.startswith("## ")} == shown


def test_only_the_shipped_cards_link_to_the_table_to_choose_from(tmp_path, monkeypatch):
    link = "[Which descriptor?](../docs/choosing.md)"
    write_model_cards(tmp_path)
    assert link not in (tmp_path / "MODEL_CARD.md").read_text()
    monkeypatch.setattr("flatsort.training.model_card.SHIPPED_WEIGHTS", tmp_path)
    write_model_cards(tmp_path)
    assert link in (tmp_path / "MODEL_CARD.md").read_text()
    assert link in (SHIPPED_WEIGHTS / "MODEL_CARD.md").read_text()
