from pathlib import Path

import pytest

from tests.readme.page import Command, Program, steps

PAGE = """\
# A page

Say `make demo` and then `make`, or `pip install -r requirements.txt`; `track.py --seq all` is no
command, nor is `python`.

    python a.py --x 1    # -> out/a.txt
    # only a comment
    python b.py \\
        --y 2

- in a list:

      make c    # 3 minutes

```sh
echo "# in quotes" && torchrun d.py
```

```python
# mine.py
print(1)
```

```python
print(2)
```

```text
make nothing
```
"""


def test_commands_and_programs_in_their_order():
    found = steps(PAGE)
    assert [step.line for step in found] == [3, 3, 6, 8, 13, 16, 19, 24]
    words = [step.words for step in found if isinstance(step, Command)]
    assert words == [
        *("make demo", "pip install -r requirements.txt"),
        *("python a.py --x 1", "python b.py --y 2", "make c"),
        # The parser takes the text in quotes for a comment. The command still runs as printed.
        'echo "# in quotes" && torchrun d.py',
    ]
    programs = [step for step in found if isinstance(step, Program)]
    assert [program.name for program in programs] == ["mine.py", "program_24.py"]
    assert programs[1].text == "print(2)\n"


def test_the_printed_text_is_kept():
    [first, second] = steps("    a  b    # -> c\n    d \\\n      e\n")
    assert first.printed == "a  b    # -> c"
    assert second.printed == "d \\\n  e"
    assert second.words == "d e"


@pytest.mark.parametrize(
    ("comment", "promised"),
    [
        ("", None),
        ("    # a look", None),
        ("    # -> out/a.txt", Path("out/a.txt")),
        ("    # 2 GB, resumed -> data/MOT16", Path("data/MOT16")),
    ],
)
def test_a_comment_promises_a_file(comment, promised):
    [command] = steps(f"    make it{comment}\n")
    assert command.promised == promised
    assert command.words == "make it"


def test_a_block_must_name_its_language():
    with pytest.raises(ValueError, match="line 2: the block names no language"):
        steps("text\n```\nmake it\n```\n")
