"""The project's own pages: every command, option, link and program on them exists."""

import re
import runpy
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt

from flatsort.commands.cli import SUBCOMMANDS
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
    """Return each command's section of docs/commands.md, which another test keeps up to date."""
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
            known = documented_name(words)
            if known.startswith(("python tools/", "python -m benchmarks")):
                assert known in sections, place
                # The options before a script are those of torchrun.
                begin = next((i for i, word in enumerate(words) if word.startswith("tools/")), 0)
                options = {word for word in words[begin:] if word.startswith("--")} - {"--help"}
                assert options <= set(re.findall(r"--[\w-]+", sections[known])), place


def documented_name(words):
    """Return the command's heading in docs/commands.md, such as `python tools/track.py`."""
    script = next((word for word in words if word.startswith("tools/")), None)
    if words[0] == "flatsort":
        script = f"tools/{SUBCOMMANDS[words[1]][0]}.py"
    return f"python {script}" if script else " ".join(words[:3])


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
    """Return the anchors that GitHub makes from a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_rule_matches_a_command():
    commands = [command.words for page in PAGES for command in commands_of(page)]
    rules = read_rules()
    used = {rule_for(words, rules).command for words in commands}
    assert {rule.command for rule in rules} - used == set()
    for each in read_provided():
        assert any(each.named in words for words in commands), each


def programs_of(page):
    return {step.name: step for step in steps(page.read_text()) if isinstance(step, Program)}


def test_the_program_of_the_readme_runs(tmp_path, capsys):
    [program] = programs_of(PROJECT / "README.md").values()
    (tmp_path / program.name).write_text(program.text)
    runpy.run_path(str(tmp_path / program.name), run_name="__main__")
    assert capsys.readouterr().out.startswith("1 [ 10.  20.  50. 100.]\n1 [")


def test_the_plugin_of_the_api_page_registers_a_descriptor(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_REGISTERED", {})
    program = programs_of(DOCS / "api.md")["my_reid.py"]
    (tmp_path / program.name).write_text(program.text)
    registry.load_plugin(tmp_path / program.name)
    assert "mean-colour" in registry.known_names()
