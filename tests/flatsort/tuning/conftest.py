"""Two little sequences with ground truth, on which a tracker's settings matter."""

import pytest

PEOPLE = ((0, 0, 255), 10, 20, 20, 50, 2), ((255, 0, 0), 100, 40, 24, 60, 0)
LENGTH = 24


def ground_truth(people, length):
    rows = []
    for number in range(1, length + 1):
        for person, (_, left, top, width, height, step) in enumerate(people, 1):
            x = left + step * (number - 1)
            rows.append(f"{number},{person},{x},{top},{width},{height},1,1,1\n")
    return "".join(rows)


def detections(people, length, gap):
    """Return the people's boxes with confidence 0.9, but for two gaps in every sequence."""
    rows = [row for row in ground_truth(people, length).splitlines() if int(row.split(",")[0])]
    kept = [row.split(",") for row in rows if int(row.split(",")[0]) not in (gap, gap + 9)]
    return "".join(f"{words[0]},-1,{','.join(words[2:6])},0.9\n" for words in kept)


@pytest.fixture
def two_sequences(make_sequence):
    """Sequences in which everybody is missed twice, so that SORT's max_age decides IDF1."""
    made = []
    for name, gap in (("MOT16-97", 7), ("MOT16-98", 9)):
        sequence = make_sequence(PEOPLE, LENGTH, name, detections=detections(PEOPLE, LENGTH, gap))
        (sequence.folder / "gt").mkdir()
        (sequence.folder / "gt" / "gt.txt").write_text(ground_truth(PEOPLE, LENGTH))
        made.append(sequence)
    return made
