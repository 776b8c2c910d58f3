"""Tables and embeddings ask one module what a delimited text is, so that both read the same files."""

import pytest

from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import RowsError
from core.delimited import BadCellsError, NotUtf8Error, separator_of, sniff
from core.embedding.files import read_embeddings
from core.embedding.limits import EmbeddingError

ROWS = [[0.5, 1.5, 2.25], [3.5, 4.0, 5.75], [6.5, 7.25, 8.0]]


def text_of(separator: str, decimal: str = ".", end: str = "\n") -> bytes:
    lines = [["e0", "e1", "e2"], *([str(value).replace(".", decimal) for value in row] for row in ROWS)]
    return (end.join(separator.join(line) for line in lines) + end).encode()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_both_readers_read_every_separator_line_end_and_mark(separator: str, end: str, mark: bytes) -> None:
    for decimal in (".", ",") if separator == ";" else (".",):
        data = mark + text_of(separator, decimal, end)
        table = read_table(data).rows(["e0", "e1", "e2"])
        assert [list(column) for column in zip(*table.columns.values(), strict=True)] == ROWS
        assert read_embeddings(data).vectors.tolist() == ROWS


def test_a_separator_in_quotes_separates_nothing() -> None:
    assert separator_of(b'"a;b;c;d",e,f') == "," and separator_of(b"a") == ","
    assert sniff(b'"a;b;c",d\n1,2\n').first == ("a;b;c", "d")


def test_a_decimal_comma_needs_semicolons_and_digits() -> None:
    assert sniff(b"a;b\n1,5;2\n").decimal_signs == (".", ",")
    assert sniff(b"a,b\n1,5\n").decimal_signs == (".",) and sniff(b"a;b\nx,y;2\n").decimal_signs == (".",)


@pytest.mark.parametrize("data", [b"\xff\xfea\0,\0b\0", b"PAR1....", b"a\0b,c\n1,2\n"])
def test_what_is_no_text_is_refused_by_both(data: bytes) -> None:
    with pytest.raises(NotUtf8Error):
        sniff(data)
    with pytest.raises(RowsError, match="not UTF-8 text"):
        read_table(data)
    with pytest.raises(EmbeddingError):
        read_embeddings(data)


def test_a_cell_beyond_the_limit_is_refused() -> None:
    with pytest.raises(BadCellsError):
        sniff(b"a," + b"x" * 200_000 + b"\n1,2\n")


def test_lines_are_counted_with_and_without_a_last_newline() -> None:
    assert sniff(b"\n\na,b\n1,2\n").line_count == sniff(b"a,b\n1,2").line_count == 2
