"""Tables as people write them: what is guessed is said, and can be chosen."""

import numpy as np
import pytest

from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import RowsError


def column(data, name, **options):
    return read_table(data, **options).rows([name]).columns[name].tolist()


def test_blanks_before_quotes_belong_to_no_name_and_no_value():
    table = read_table(b'x, "my, y", z\n1, "a, b", 3\n2, c, 4\n')
    assert table.names == ("x", "my, y", "z") and table.rows(["z"]).columns["z"].tolist() == [3, 4]
    assert table.rows(["my, y"]).codes["my, y"] == ("a, b", "c")


def test_a_first_line_that_names_the_delimiter_is_no_row():
    table = read_table(b"\xef\xbb\xbfsep=;\r\na;b\r\n1,5;2\r\n2,5;3\r\n")
    assert table.names == ("a", "b") and table.rows(["a"]).columns["a"].tolist() == [1.5, 2.5]
    assert any("sep=" in note for note in table.notes)


@pytest.mark.parametrize(
    "data, delimiter", [(b"a|b\n1|2\n3|4\n", "pipe"), (b"a b\n1 2\n3  4\n", "space"), (b"a~b\n1~2\n3~4\n", "~")]
)
def test_other_delimiters_are_guessed_or_chosen(data, delimiter):
    assert column(data, "b", delimiter=delimiter) == [2, 4]
    if len(delimiter) > 1:
        assert column(data, "b") == [2, 4] and f"Each {delimiter} separates" in read_table(data).notes[0]
    with pytest.raises(RowsError, match="is no delimiter"):
        read_table(data, delimiter="comme")


@pytest.mark.parametrize("marker", [" NA ", "<NA>", "-", "n.a.", "None", "NULL ", "", "--", "missing"])
def test_missing_values_in_words_leave_a_column_of_numbers(marker):
    data = f"a,b\n1,{marker}\n2,3\n4,5\n".encode()
    found = read_table(data).rows(["b"])
    assert found.columns["b"].tolist() == [3, 5] and found.dropped == 1
    guessed = marker.strip() in ("-", "n.a.", "None", "--", "missing")
    assert any("counts as a missing value" in note for note in read_table(data).notes) == guessed


def test_in_text_a_word_for_missing_may_be_a_category():
    values = read_table(b"a,b\nnone,1\naspirin,2\n NA ,3\n").rows(["a"])
    assert values.codes["a"] == ("aspirin", "none") and values.dropped == 1


def test_numbers_that_stand_for_missing_values_are_noted_and_can_be_named():
    data = b"age,b\n-999,2\n30,4\n40,1\n-999,3\n"
    assert any("age holds -999 in 2 rows" in note for note in read_table(data).notes)
    assert column(data, "age", missing=["-999"]) == [30, 40] and read_table(data, missing=["-999"]).notes == ()
    assert read_table(b"a,b\n-1,2\n-9,4\n-5,1\n").notes == ()


def test_two_columns_of_one_name_harm_only_those_who_use_them():
    table = read_table(b"a,b,a\n1,2,3\n4,5,6\n")
    assert table.rows(["b"]).columns["b"].tolist() == [2, 5] and table.rows(["a (2)"]).columns["a (2)"].tolist() == [
        3,
        6,
    ]
    with pytest.raises(RowsError, match=r"Two columns of this table are called a; choose a \(1\) or a \(2\)\."):
        table.rows(["a"])


def test_values_that_differ_in_their_case_are_one():
    found = read_table(b"a,b\nyes,1\nNo,2\nno,3\nYES,1\nno,1\n").rows(["a"])
    assert np.unique(found.columns["a"]).tolist() == [0, 1] and found.columns["a"][1] == found.columns["a"][2]
