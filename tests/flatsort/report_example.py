"""A street of two people for tests of report.py: ground truth, and a result with known mistakes.

Person 1 is followed by track 1 in frames 1 to 20 and by track 2 in frames 25 to 40: one switch, in
frame 25, and one fragment. Person 2 is followed by track 3 in all frames. Track 7 is on nobody, in
frames 5 to 8.
"""

from pathlib import Path

LENGTH, FRAME_RATE = 40, 20
PEOPLE = (((0, 0, 255), 10, 20, 20, 50, 1), ((255, 0, 0), 100, 40, 24, 60, 0))


def write_example(make_sequence, results: Path, name="MOT16-98", **options):
    """Write the sequence with its ground truth, and the result RESULTS/careless/SEQ.txt.

    Args:
        make_sequence: the fixture.
        results: folder of the results.
        name: name of the sequence.
        options: further options of the fixture.
    """
    sequence = make_sequence(PEOPLE, LENGTH, name=name, frame_rate=FRAME_RATE, **options)
    sequence.ground_truth_path.parent.mkdir()
    numbers = range(1, LENGTH + 1)
    sequence.ground_truth_path.write_text(
        "".join(f"{n},{who},{box(who, n)},1,1,1\n" for who in (1, 2) for n in numbers)
    )
    held = {1: range(1, 21), 2: range(25, 41), 3: numbers}
    rows = [(n, track, box(2 if track == 3 else 1, n)) for track in held for n in held[track]]
    rows += [(n, 7, "130,5,15,30") for n in range(5, 9)]
    path = results / "careless" / f"{name}.txt"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{n},{track},{where},1,-1,-1,-1\n" for n, track, where in rows))
    return sequence


def box(person, number):
    """Return left, top, width and height of a person in a frame, as text."""
    _, left, top, width, height, step = PEOPLE[person - 1]
    return f"{left + step * (number - 1)},{top},{width},{height}"
