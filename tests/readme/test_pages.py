"""The project's own pages: nothing on them is about what there is not."""

import re
import runpy
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt

from flatsort.descriptors import registry
from flatsort.files.paths import DOCS, PROJECT
from tests.readme.page import Command, Program, steps
from tests.readme.rules import read_provided, read_rules, rule_for
from tools.command_reference import command_lines

PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
NAMES = [str(page.relative_to(PROJECT)) for page in PAGES]
per_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


def commands_of(page):
    return [step for step in steps(page.read_text()) if isinstance(step, Command)]


def help_sections():
    """Each command's section of docs/commands.md, which another test holds up to date."""
    page = (DOCS / "commands.md").read_text()
    found = {
        command: page.partition(f"\n## {command}\n")[2].partition("\n## ")[0]
        for command in command_lines()
    }
    assert all(found.values())
    return found


@per_page
def test_every_command_and_option_exists(page):
    sections = help_sections()
    targets = re.findall(r"^([\w-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    for command in commands_of(page):
        for part in command.words.split(" && "):
            place = f"{page.name}:{command.line}: {part}"
            words = part.split()
            if words[0] == "make":
                named = {word for word in words[1:] if "=" not in word and word[0] != "-"}
                assert named <= set(targets), place
            script = next((word for word in words if word.startswith("tools/")), None)
            known = f"python {script}" if script else " ".join(words[:3])
            if script or known.startswith("python -m benchmarks"):
                assert known in sections, place
                options = {word for word in words if word.startswith("--")} - {"--help"}
                options -= {"--nproc-per-node"}  # torchrun's
                assert options <= set(re.findall(r"--[\w-]+", sections[known])), place


@per_page
def test_every_link_leads_somewhere(page):
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text()):
        for child in token.children or []:
            target = child.attrs.get("href") or child.attrs.get("src")
            if target is None or urlsplit(target).scheme:
                continue
            path, _, anchor = target.partition("#")
            there = (page.parent / path) if path else page
            assert there.exists(), f"{page}: {target}"
            if anchor:
                assert anchor in anchors(there), f"{page}: {target}"


def anchors(page):
    """GitHub's names of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_rule_is_about_some_command():
    commands = [command.words for page in PAGES for command in commands_of(page)]
    rules = read_rules()
    used = {rule_for(words, rules).command for words in commands}
    assert {rule.command for rule in rules} - used == set()
    readme = [words.words for words in commands_of(PAGES[0])]
    for each in read_provided():
        assert any(each.named in words for words in readme), each


def test_the_programs_of_the_readme_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(registry, "_REGISTERED", {})
    programs = [s for s in steps(PAGES[0].read_text()) if isinstance(s, Program)]
    for program in programs:
        (tmp_path / program.name).write_text(program.text)
        runpy.run_path(str(tmp_path / program.name), run_name="__main__")
    assert len(programs) == 2
    assert capsys.readouterr().out.startswith("1 [")
    assert "mean-colour" in registry.known_names()
