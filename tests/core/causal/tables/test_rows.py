"""A table is read as it was meant, what falls out or is coded is told, and what can't be used gets one sentence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.causal.tables import read_csv
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import RowsError, table_of

# of sizes that a table may hold: what lies between has a test of its own
_NUMBERS = st.floats(1e-100, 1e100) | st.floats(-1e100, -1e-100) | st.just(0.0)


def columns(data, *names):
    table = read_table(data)
    return {name: column.tolist() for name, column in table.rows(names or table.names).columns.items()}


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1.5,2\n-3e2,4\n",
        b"a;b\n1.5;2\n-300;4\n",
        b"a;b\n1,5;2\n-3e2;4\n",
        b"a\tb\n1.5\t2\n-300\t4",
        b"\xef\xbb\xbfa,b\r\n1.5,2\r\n-300,4\r\n",
        b'"a","b"\n"1.5","2"\n"-300","4"\n',
        b"a,b\r1.5,2\r-300,4\r",
        b"a,b\r1.5,2\r-300,4\n",
        b"a,b\r\n1.5,2\r-300,4\n",
        b"\n\na, b\n1.5,2\n-300,4\n",
    ],
)
def test_every_usual_way_to_write_a_table_is_read(data):
    assert columns(data) == {"a": [1.5, -300.0], "b": [2.0, 4.0]}


def test_a_comma_in_a_remark_makes_no_decimal_comma():
    assert columns(b"a;b;note\n0.5;1.5;dose 1,2 mg\n0.25;2.5;none\n", "a", "b") == {"a": [0.5, 0.25], "b": [1.5, 2.5]}
    assert columns(b"a;b;note\n0,5;1,5;v 1.2\n0,25;2,5;none\n", "a", "b") == {"a": [0.5, 0.25], "b": [1.5, 2.5]}


@settings(max_examples=60)
@given(st.lists(st.tuples(*[_NUMBERS] * 3), min_size=1, max_size=20))
def test_numbers_come_back_to_the_last_bit(values):
    data = "x,y,z\n" + "\n".join(",".join(map(repr, row)) for row in values)
    assert np.array_equal(np.stack(list(read_table(data.encode()).rows("xyz").columns.values()), axis=1), values)


def test_a_path_is_read_as_its_content(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n")
    for path in (tmp_path / "t.csv", str(tmp_path / "t.csv")):
        assert read_table(path).rows(["b"]).columns["b"].tolist() == [2.0]
    with pytest.raises(OSError):
        read_table(tmp_path / "none.csv")


def test_rows_with_a_gap_in_a_used_column_fall_out_and_are_counted():
    table = read_table(b"a,b,c\n1,,x\n2,5,y\nNA,6,z\n4,7,\n")
    kept = table.rows(["a", "b"])
    assert kept.columns["a"].tolist() == [2, 4] and kept.columns["b"].tolist() == [5, 7]
    assert (kept.dropped, len(kept)) == (2, 2) and "2 of 4 rows were dropped" in kept.notes[0]
    assert table.rows(["b"]).dropped == 1, "a gap elsewhere does no harm"
    assert table_of({"a": [1, np.nan], "b": [1, 2]}).rows("ab").dropped == 1


def test_text_with_two_values_is_coded_in_order_and_reported():
    found = read_table(b"sex,y,t\nmale,1,true\nfemale,2,false\n male,3,true\n,4,true\n").rows(["sex", "t"])
    assert found.columns["sex"].tolist() == [1, 0, 1] and found.codes["sex"] == ("female", "male")
    assert found.columns["t"].tolist() == [1, 0, 1]
    assert any("sex is text: female is coded as 0 and male as 1" in line for line in found.notes)


def test_truth_values_are_words_as_they_stand_and_large_whole_numbers_are_numbers():
    found = read_table(b"t,n\nTrue,9007199254740993\nFalse,1\n").rows("tn")
    assert found.codes == {"t": ("False", "True")} and found.columns["t"].tolist() == [1, 0]
    assert found.columns["n"].tolist() == [2.0**53, 1.0]


def test_tiny_numbers_beside_others_and_nothing_but_noughts_are_numbers():
    assert columns(b"a,b\n1e-200,0\n1,0\n") == {"a": [1e-200, 1.0], "b": [0.0, 0.0]}
    assert columns(b"a,b\n1e-100,1e100\n0,5\n") == {"a": [1e-100, 0.0], "b": [1e100, 5.0]}


def test_a_column_of_text_harms_only_those_who_use_it():
    data = b"town,x\nUlm,1\nBonn,2\nTrier,3\nMainz,4\n"
    assert columns(data, "x") == {"x": [1, 2, 3, 4]}
    with pytest.raises(RowsError, match=r"town holds text .*\(Bonn, Mainz, Trier, \.\.\.\)"):
        columns(data, "town")


def test_columns_that_are_the_same_in_every_row_are_named():
    assert read_table(b"a,b\n1,2\n1,3\n").rows("ab").constant == ("a",)
    left = read_table(b"a,b,c\n1,2,1\n1,3,\n2,,1\n").rows("abc")
    assert left.constant == ("a", "b", "c"), "of the rows that are left"


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "file is empty"),
        (b" \n\n", "file is empty"),
        (b"a,b\n", "a header and no rows"),
        (b"a,b\n1,2\n3\n", "names 2 columns and a row has 1"),
        (b"a,b\n1,2,3\n", "names 2 columns and a row has 3"),
        (b"a,b\n1,inf\n", "b holds infinite values (the first in row 1)"),
        (b"a,b\n1,-1e101\n2,1\n", "b holds numbers larger than 1e100; write it in another unit."),
        (b"a,b\n1,1e-200\n2,0\n3,\n", "b holds no number as large as 1e-100; write it in another unit."),
        (b"a,b\n1,x\n2,5\n", "b holds text instead of numbers (x)"),
        (b"a,b\n1,x\n2,x\n", "b holds text instead of numbers (x)"),
        (b'a,b\n1,"1,200"\n2,3\n', "b holds text instead of numbers (1,200)"),
        (b"a,b\n1,\n,2\n", "No row has a value in each of a, b"),
        (b"a,b\n1,\n2,\n", "leave out b: it has the fewest"),
        ("a,b\nö,1\nä,2\n".encode("latin-1"), "UTF-8 text"),
        ("ö,b\n1,2\n".encode("latin-1"), "UTF-8 text"),
        (b"PK\x03\x04rest", "not UTF-8 text"),
        (b"a\0b,c\n1,2\n", "not UTF-8 text"),
        (",".join(f"c{i}" for i in range(201)).encode() + b"\n1\n", "201 columns and the limit is 200"),
        (b"a" * 200_000 + b",b\n1,2\n", "The first line of this table can't be read"),
    ],
)
def test_what_cannot_be_used_gets_one_sentence(data, said):
    with pytest.raises(RowsError) as error:
        columns(data)
    assert said in str(error.value) and "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_name_that_is_not_there_is_reported():
    table = read_table(b"smoking,cancer\n1,2\n")
    with pytest.raises(RowsError, match=r"no column called smokin; did you mean smoking\?"):
        table.rows(["smokin"])
    with pytest.raises(RowsError, match="smoking, cancer"):
        table.rows(["zzz"])


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(read_csv, "MAX_ROWS", 2)
    assert len(read_table(b"a\n1\n2\n").rows("a")) == 2 == len(read_table(b"a\n1\n2").rows("a"))
    with pytest.raises(RowsError, match="3 rows and the limit is 2"):
        read_table(b"a\n1\n2\n3")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(read_csv.MAX_BYTES + 1)
    with pytest.raises(RowsError, match="more than 200 MB"):
        read_table(tmp_path / "large.csv")


def test_columns_of_numbers_make_a_table_if_they_fit():
    with pytest.raises(RowsError, match="differ in length"):
        table_of({"a": [1], "b": [1, 2]})
    for nothing in ({}, {"a": []}):
        with pytest.raises(RowsError, match="no rows"):
            table_of(nothing)


@settings(max_examples=200)
@given(st.binary(max_size=80) | st.text(alphabet='ab1,;.\r\n"\t -', max_size=60).map(str.encode))
def test_no_bytes_ever_break_the_reader(data):
    try:
        table = read_table(data)
        for name in table.names:
            table.rows([name])
    except RowsError as error:
        assert len(str(error)) < 400
