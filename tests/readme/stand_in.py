"""Make a sequence from the frames of another one, in place of a sequence without frames.

python -m tests.readme.stand_in data/MOT16/train MOT16-02 MOT16-09
"""

import configparser
import sys
from pathlib import Path

# Number of frames: enough for a tracker and for a video.
FRAMES = 50


def stand_in(folder: Path, name: str, other: str) -> None:
    """Make ``folder/name`` of the first frames of ``folder/other``, with its boxes and labels.

    Args:
        folder: folder of sequences in MOTChallenge's layout.
        name: name of the new sequence; a link of this name is replaced.
        other: name of a sequence with frames.
    """
    made, source = folder / name, folder / other
    if made.is_symlink():
        made.unlink()
    (made / "img1").mkdir(parents=True)
    for frame in sorted((source / "img1").iterdir())[:FRAMES]:
        (made / "img1" / frame.name).symlink_to(frame.resolve())
    for table in (*source.glob("det/*.txt"), source / "gt" / "gt.txt"):
        lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if int(line.split(",")[0]) <= FRAMES]
        copy = made / table.relative_to(source)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text("".join(kept), encoding="utf-8")
    info = configparser.ConfigParser()
    info.optionxform = str  # seqLength, not seqlength
    info.read(source / "seqinfo.ini", encoding="utf-8")
    info["Sequence"].update({"name": name, "seqLength": str(FRAMES)})
    with open(made / "seqinfo.ini", "w", encoding="utf-8") as file:
        info.write(file)


if __name__ == "__main__":
    stand_in(Path(sys.argv[1]), *sys.argv[2:])
