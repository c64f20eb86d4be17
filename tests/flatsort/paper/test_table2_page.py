import re

from flatsort.paper.table2_page import ROWS, Row, all_rows, paper_table


def test_the_papers_rows_are_formatted_as_in_the_paper():
    (row,) = [line for line in paper_table().splitlines() if re.match(r"\|\s*SORT\s*\|", line)]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:7] == ["57.0", "67.4", "49.4", "66.4", "90.6", "1.44"]
    assert cells[7:14] == ["158", "275", "84", "7643", "37071", "1486", "1515"]
    assert cells[14:] == ["58.2", "81.9", "59.5"]


def test_the_users_network_gets_a_row():
    *_, last = all_rows("nets/osnet.onnx")
    assert last == Row("DeepSORT (osnet)", "onnx:nets/osnet.onnx")
    assert all_rows(None) == list(ROWS)
