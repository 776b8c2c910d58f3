"""Files of embeddings as people find them: what was taken for what is right, is said, and can be changed."""

import gzip
import io
import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from core.embedding.export import to_projector
from core.embedding.files import embedding_choices, read_embeddings
from core.embedding.limits import EmbeddingError, EmbeddingLimits, ReadOptions
from core.embedding.table import Embeddings

RNG = np.random.default_rng(5)
ROWS = RNG.normal(size=(12, 8)).astype(np.float32)
DIMS = pd.DataFrame(ROWS, columns=[f"emb_{i}" for i in range(8)])
WORDS = [f"word{i}" for i in range(12)]


def csv(frame: pd.DataFrame, **options) -> bytes:
    return frame.to_csv(index=False, **options).encode()


def parquet(frame: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def savetxt(array, **options) -> bytes:
    file = io.BytesIO()
    np.savetxt(file, array, **options)
    return file.getvalue()


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def same(found: Embeddings, rows=ROWS) -> bool:
    return found.vectors.shape == rows.shape and np.allclose(found.vectors, rows, atol=1e-4)


def said(found: Embeddings) -> str:
    return " ".join(found.notes)


BESIDE = {
    "boxes": {"label": WORDS, "x1": RNG.uniform(0, 1920, 12), "y1": RNG.uniform(0, 1080, 12)}
    | {"x2": RNG.uniform(0, 1920, 12), "y2": RNG.uniform(0, 1080, 12)},
    "a year": {"year": RNG.integers(1990, 2020, 12)},
    "an old map": {"umap_1": RNG.normal(size=12), "umap_2": RNG.normal(size=12), "tsne1": RNG.normal(size=12)},
    "a counter": {"n": range(1, 13), "page": range(40, 52)},
    "scores": {f"score_{i}": RNG.uniform(size=12) for i in range(3)},
    "lags": {f"lag{i}": RNG.uniform(size=12) for i in (1, 7, 30)},
}


@pytest.mark.parametrize("kind", BESIDE)
@pytest.mark.parametrize("places", ["before", "behind"])
def test_the_longest_numbered_family_is_the_embedding(kind, places):
    beside = pd.DataFrame(BESIDE[kind])
    found = read_embeddings(csv(pd.concat([beside, DIMS] if places == "before" else [DIMS, beside], axis=1)))
    assert same(found) and set(found.columns) == set(beside.columns)
    assert "The embedding is emb_0 to emb_7 (8 columns)" in said(found)


def test_numbers_about_rows_are_no_dimensions_of_a_table_without_a_family():
    plain = pd.DataFrame({"width": ROWS[:, 0], "height": ROWS[:, 1], "depth": ROWS[:, 2]})
    beside = {
        "year": [2001] * 12,
        "row": range(12),
        "page": range(5, 17),
        "user_id": range(40, 52),
        "latitude": ROWS[:, 3],
    }
    found = read_embeddings(csv(plain.assign(**beside)))
    assert same(found, ROWS[:, :3]) and "The embedding is width, height, depth (3 columns)." in said(found)
    assert set(found.columns) == set(beside)


def test_a_name_that_says_embedding_beats_a_longer_family_and_the_other_one_is_named():
    pixels = pd.DataFrame({f"pixel_{i}": RNG.integers(0, 256, 12) for i in range(20)})
    data = csv(pd.concat([pixels, DIMS], axis=1))
    found = read_embeddings(data)
    assert same(found) and "it may also be pixel_0 to pixel_19 (20 columns): choose the columns if it is" in said(found)
    assert embedding_choices(data) == ["emb_0:emb_7", "pixel_0:pixel_19"]
    for selection in ("pixel_0:pixel_19", "pixel_*"):
        other = read_embeddings(data, options=ReadOptions(columns=selection))
        assert other.vectors.shape == (12, 20) and "pixel_0 to pixel_19 (20 columns) (your choice)" in said(other)
    two = read_embeddings(data, options=ReadOptions(columns="emb_3, pixel_1"))
    assert same(two, np.column_stack([ROWS[:, 3], pixels["pixel_1"]]).astype(np.float32))
    with pytest.raises(
        EmbeddingError, match=r"There is no column 'nose' in this file; it has pixel_0, .* and 20 more\."
    ):
        read_embeddings(data, options=ReadOptions(columns="nose"))


def test_columns_of_one_name_are_one_family_and_two_families_that_alternate_are_distinguished():
    header = b"label," + b",".join([b"v"] * 8) + b"\n"
    body = pd.concat([pd.Series(WORDS), DIMS], axis=1).to_csv(index=False, header=False).encode()
    assert same(read_embeddings(header + body))
    mixed = pd.DataFrame({f"{kind}_emb_{i}": ROWS[:, i] + (kind == "b") for i in range(8) for kind in "ab"})
    data = csv(mixed)
    assert same(read_embeddings(data)) and same(read_embeddings(data, options=ReadOptions("b_emb_0:b_emb_7")), ROWS + 1)


def test_a_counter_or_a_label_in_front_of_numbers_without_names_is_no_dimension():
    for first in (np.arange(12), np.arange(12) % 3):
        found = read_embeddings(pd.concat([pd.Series(first), DIMS], axis=1).to_csv(index=False, header=False).encode())
        assert same(found) and list(found.columns) == ["column 1"]
    quantised = np.round(4 * ROWS).astype(int)
    assert same(read_embeddings(pd.DataFrame(quantised).to_csv(index=False, header=False).encode()), quantised)


def test_a_box_as_a_list_is_not_the_embedding():
    frame = pd.DataFrame({"bbox": list(ROWS[:, :4] * 100), "clip_features": list(ROWS), "tags": [["a", "b"]] * 12})
    found = read_embeddings(parquet(frame))
    assert same(found) and "clip_features (8 numbers in each row); it may also be bbox" in said(found)
    assert "Left out: bbox (lists) and tags (lists)." in found.notes
    assert same(read_embeddings(parquet(frame), options=ReadOptions("bbox")), ROWS[:, :4] * 100)


LISTS = {
    "json": lambda row: json.dumps([float(x) for x in row]),
    "numpy": lambda row: str(row.astype(float)),
    "numpy with commas": lambda row: repr(row),
    "tuple": lambda row: str(tuple(map(float, row))),
    "numpy scalars": lambda row: str(list(row)),
    "tensor": lambda row: f"tensor({[round(float(x), 5) for x in row]})",
    "bare blanks": lambda row: " ".join(f"{x:.6f}" for x in row),
    "bare commas": lambda row: ",".join(f"{x:.6f}" for x in row),
    "bare semicolons": lambda row: ";".join(f"{x:.6f}" for x in row),
    "braces": lambda row: "{" + ",".join(f"{x:.6f}" for x in row) + "}",
}


@pytest.mark.parametrize("form", LISTS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_lists_as_text_are_lists(form, separator):
    texts = [LISTS[form](row) for row in ROWS]
    frame = pd.DataFrame({"id": range(12), "vec": texts, "score": ROWS[:, 0], "weight": ROWS[:, 1]})
    found = read_embeddings(csv(frame, sep=separator))
    assert same(found) and "The embedding is vec (8 numbers in each row)." in said(found)
    assert found.columns["id"].tolist() == [str(i) for i in range(12)] and found.columns["score"].dtype.kind == "f"


def test_lists_without_quotes_are_not_cut_at_commas():
    lines = ["id,embedding,label", *(f"{i},[{', '.join(f'{x:.6f}' for x in row)}],cat" for i, row in enumerate(ROWS))]
    found = read_embeddings("\n".join(lines).encode())
    assert same(found) and set(found.columns["label"]) == {"cat"}


def test_lists_without_a_line_of_names_keep_their_first_row():
    texts = pd.DataFrame({"a": WORDS, "b": [LISTS["json"](row) for row in ROWS]})
    assert same(read_embeddings(texts.to_csv(index=False, header=False).encode()))


def test_a_list_that_was_shortened_or_damaged_is_refused_with_its_row():
    long = pd.DataFrame({"e": [np.array2string(RNG.normal(size=2000), threshold=10)] * 3})
    with pytest.raises(EmbeddingError, match=r"list of e in row 1 was shortened with '...' when it was printed"):
        read_embeddings(csv(long))
    texts = [LISTS["json"](row) for row in ROWS]
    for row, broken, message in (
        (3, "[0.1, oops]", "embedding is not a list of numbers in row 4"),
        (5, "", "embedding is empty in row 6; leave these rows out"),
        (7, "[0.1, 0.2]", "row 8 has 2 numbers and row 1 has 8"),
    ):
        changed = [*texts[:row], broken, *texts[row + 1 :]]
        with pytest.raises(EmbeddingError, match=message):
            read_embeddings(csv(pd.DataFrame({"embedding": changed, "x": ROWS[:, 0], "y": ROWS[:, 1]})))


RECORDS = [{"id": f"0{i}", "embedding": row.tolist(), "label": "None" if i % 2 else "NA"} for i, row in enumerate(ROWS)]
JSONS = {
    "lines": "\n".join(map(json.dumps, RECORDS)),
    "lines with blank ones": "\r\n\r\n".join(map(json.dumps, RECORDS)),
    "list": json.dumps(RECORDS, indent=1),
    "columns": pd.DataFrame(RECORDS).to_json(),
    "lists by column": json.dumps({name: [row[name] for row in RECORDS] for name in RECORDS[0]}),
    "split": pd.DataFrame(RECORDS).to_json(orient="split"),
    "by key": json.dumps({f"k{i}": record for i, record in enumerate(RECORDS)}),
    "an answer of a service": json.dumps({"object": "list", "model": "m", "data": RECORDS}),
    "a batch of answers": "\n".join(
        json.dumps({"custom_id": f"r{i}", "response": {"body": {"data": [record]}}}) for i, record in enumerate(RECORDS)
    ),
}


@pytest.mark.parametrize("form", JSONS)
def test_json_is_read_in_every_common_form(form):
    found = read_embeddings(JSONS[form].encode())
    names = {name.rpartition(".")[2]: column for name, column in found.columns.items()}
    assert same(found) and names["id"][3] == "03" and set(names["label"]) == {"NA", "None"}


def test_json_without_objects_is_read_and_what_is_damaged_is_placed():
    assert same(read_embeddings(json.dumps(ROWS.tolist()).encode()))
    assert same(read_embeddings("\n".join(json.dumps(row.tolist()) for row in ROWS).encode()))
    words = read_embeddings(json.dumps(dict(zip(WORDS, ROWS.tolist(), strict=True))).encode())
    assert same(words) and words.columns["key"].tolist() == WORDS and "Each name in it is a row." in words.notes
    lines = JSONS["lines"].split("\n")
    with pytest.raises(EmbeddingError, match="Line 3 of this file is not JSON"):
        read_embeddings("\n".join([*lines[:2], lines[2][:-9], *lines[3:]]).encode())
    for damaged in (b'{"a": [', b"{" * 100_000, b"[" * 100_000, b'{"model": "x"}', b"[1, 2, 3]"):
        with pytest.raises(EmbeddingError):
            read_embeddings(damaged)


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "bsr", "dia"])
def test_a_sparse_matrix_is_read(kind):
    thin = np.where(np.abs(ROWS) > 1, ROWS, 0)
    file = io.BytesIO()
    sparse.save_npz(file, sparse.coo_array(thin).asformat(kind))
    found = read_embeddings(file.getvalue())
    assert same(found, thin) and f"The file is a sparse matrix ({kind}) of SciPy." in found.notes


def test_a_sparse_matrix_that_is_too_wide_or_lies_is_refused():
    file = io.BytesIO()
    sparse.save_npz(file, sparse.random(20, 50_000, 0.001, format="csr"))
    with pytest.raises(EmbeddingError, match=r"50,000 dimensions and the limit is 8,192; reduce them first"):
        read_embeddings(file.getvalue())
    lying = {"format": np.array(b"csr"), "shape": np.array([2, 3]), "data": np.ones(2)}
    for indices, indptr in (([0, 9], [0, 1, 2]), ([0, 1], [0, 5, 2])):
        with pytest.raises(EmbeddingError, match="sparse matrix is damaged"):
            read_embeddings(npz(**lying, indices=np.array(indices), indptr=np.array(indptr)))
    with pytest.raises(EmbeddingError, match="unpacks to more than 1 MB"):
        big = lying | {"shape": np.array([10**7, 3])}
        read_embeddings(npz(**big, indices=np.arange(2), indptr=np.zeros(3)), EmbeddingLimits(max_bytes=2**20))


def test_of_several_arrays_one_is_taken_and_the_others_are_named():
    data = npz(X_train=ROWS, y_train=np.arange(12) % 2, X_test=ROWS[:5], y_test=np.arange(5), epoch=3, loss=np.ones(99))
    found = read_embeddings(data)
    assert same(found) and "it may also be X_test (8 numbers in each row)" in said(found)
    assert "Left out: X_test [5, 8], y_test [5], epoch [] and loss [99]." in found.notes
    assert len(read_embeddings(data, options=ReadOptions("X_test"))) == 5
    objects = npz(embeddings=ROWS, files=np.array(["a", None] * 6, object))
    assert "Left out: files, Python objects, which are never loaded." in read_embeddings(objects).notes
    with pytest.raises(EmbeddingError, match="Python objects"):
        read_embeddings(npz(embeddings=np.array([None, 1], object), rest=ROWS))


def test_labels_that_look_like_missing_values_stay_what_they_are():
    labels = ["null", "NA", "None", "nan", "n/a", "", "NULL", "N/A", "NaN", "unknown", "<NA>", "#N/A"]
    for data in (
        csv(DIMS.assign(label=labels)),
        csv(DIMS.assign(country=labels)),
        csv(DIMS.assign(label=labels), sep="\t"),
    ):
        (column,) = read_embeddings(data).columns.values()
        assert column.tolist() == [*labels[:5], "unknown (no entry)", *labels[6:]]
    typed = read_embeddings(parquet(DIMS.assign(kind=[None, "None", "nan", *"abcdefghi"]))).columns["kind"]
    assert typed.tolist()[:3] == ["unknown", "None", "nan"]


def test_long_numbers_and_leading_zeros_lose_no_digit():
    long = [1234567890123456789 + i for i in range(12)]
    padded = [f"{i:05d}" for i in range(12)]
    frame = DIMS.assign(tweet=long, postcode=padded, plain=range(100, 1300, 100))
    for data in (csv(frame), csv(frame, sep=";"), parquet(frame), parquet(frame.set_index("tweet"))):
        found = read_embeddings(data).columns
        assert found["tweet"].tolist() == list(map(str, long)) and found["postcode"].tolist() == padded
    holes = DIMS.assign(tweet=pd.array([*long[:11], None], "Int64"))
    assert read_embeddings(parquet(holes)).columns["tweet"].tolist() == [*map(str, long[:11]), "unknown"]
    archive = read_embeddings(npz(embeddings=ROWS, tweet=np.array(long, np.uint64), name=np.array(padded, "S")))
    assert archive.columns["tweet"].tolist() == list(map(str, long)) and archive.columns["name"].tolist() == padded
    text = "\n".join(json.dumps({"tweet": n, "embedding": row.tolist()}) for n, row in zip(long, ROWS, strict=True))
    assert read_embeddings(text.encode()).columns["tweet"].tolist() == list(map(str, long))


def test_a_column_is_kept_as_text_where_a_person_says_so():
    frame = DIMS.assign(grade=np.linspace(0, 1, 12))
    assert read_embeddings(csv(frame)).columns["grade"].dtype.kind == "f"
    assert read_embeddings(csv(frame), options=ReadOptions(labels="grade")).columns["grade"].dtype.kind == "U"
    with pytest.raises(EmbeddingError, match="no column 'note' to keep as text"):
        read_embeddings(csv(frame), options=ReadOptions(labels="note"))


def test_ids_in_the_index_of_pandas_are_columns():
    for name, column in (("image", "image"), (None, "index")):
        found = read_embeddings(parquet(DIMS.set_axis(pd.Index(WORDS, name=name))))
        assert same(found) and found.columns[column].tolist() == WORDS
    pairs = pd.MultiIndex.from_product([["a", "b", "c"], range(4)], names=["film", None])
    found = read_embeddings(parquet(DIMS.set_axis(pairs)))
    assert same(found) and found.columns["film"].tolist() == list("aaaabbbbcccc") and "index level 2" in found.columns
    clash = parquet(DIMS.assign(image=1).set_axis(pd.Index(WORDS, name="image")))
    assert read_embeddings(clash).columns["image (index)"].tolist() == WORDS


def test_rows_that_are_empty_of_bytes_or_nested_are_named():
    lists = [row.tolist() for row in ROWS]
    for value, message in (
        (None, r"embedding is empty in row 3 \(2 rows in all\)"),
        ([], r"embedding is empty in row 3 \(2 rows in all\)"),
        ([1.0, 2.0], "row 3 has 2 numbers and row 1 has 8"),
        ([*range(7), None], "1 row holds|2 rows hold values that are not finite"),
    ):
        rows = [*lists[:2], value, *lists[3:9], value, *lists[10:]]
        with pytest.raises(EmbeddingError, match=message):
            read_embeddings(parquet(pd.DataFrame({"embedding": rows, "id": WORDS})))
    with pytest.raises(EmbeddingError, match="embedding holds bytes in row 1, not numbers"):
        read_embeddings(parquet(pd.DataFrame({"embedding": [row.tobytes() for row in ROWS]})))


def test_lists_of_vectors_are_clips_of_any_length():
    ragged = pd.DataFrame(
        {"embedding": [ROWS[:3].tolist(), ROWS[3:8].tolist(), ROWS[8:].tolist()], "label": list("abc")}
    )
    found = read_embeddings(parquet(ragged))
    assert (
        same(found) and found.group.tolist() == [0] * 3 + [1] * 5 + [2] * 4 and found.time.tolist()[:4] == [0, 1, 2, 0]
    )
    assert found.columns["label"].tolist() == list("aaabbbbbcccc")
    assert "Each of 3 entries is a clip of 3 to 5 rows in order of time." in found.notes
    single = read_embeddings(parquet(pd.DataFrame({"embedding": [[row.tolist()] for row in ROWS]})))
    assert same(single), "a model's answer of one token is one vector"


BLANKS = {
    "savetxt": savetxt(ROWS),
    "savetxt with a comment": savetxt(ROWS, header="made on a Tuesday\nby hand"),
    "savetxt with names": savetxt(ROWS, header=" ".join(DIMS.columns)),
    "savetxt by commas with names": savetxt(ROWS, header=",".join(DIMS.columns), delimiter=","),
    "aligned": DIMS.to_string(index=False).encode(),
    "tabs": savetxt(ROWS, delimiter="\t"),
    "bars": csv(DIMS, sep="|"),
    "commas and blanks": savetxt(ROWS, delimiter=", "),
}


@pytest.mark.parametrize("form", BLANKS)
def test_tables_with_blanks_between_their_cells_are_read(form):
    found = read_embeddings(BLANKS[form])
    assert same(found) and found.columns == {}


def vectors_of(words, end: str = "") -> str:
    return "\n".join(f"{word} {' '.join(f'{x:.6f}' for x in row)}{end}" for word, row in zip(words, ROWS, strict=True))


def test_word_vectors_keep_every_word():
    words = ["the", ",", '"', "null", "nan", "#", "'s", "2008", "1.5", "é", "True", "NA"]
    for text in (vectors_of(words), f"12 8\n{vectors_of(words)}\n", f"12 8\n{vectors_of(words, ' ')}\n"):
        found = read_embeddings(text.encode())
        assert same(found) and found.columns["word"].tolist() == words
    assert "The first line, 12 8, is the size of the table, as in word2vec and fastText." in said(found)
    spaced = ["the", "New York", ". . .", *words[:9]]
    assert read_embeddings(vectors_of(spaced).encode()).columns["word"].tolist() == spaced
    with pytest.raises(EmbeddingError, match="row 12 "):
        read_embeddings(vectors_of(spaced).rsplit(" ", 3)[0].encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_common_encoding_is_read_and_named(encoding, end):
    text = DIMS.assign(label=["café", "naïve", "Zürich"] * 4).to_csv(index=False, sep=";", lineterminator=end)
    found = read_embeddings(text.encode(encoding))
    assert same(found) and found.columns["label"].tolist() == ["café", "naïve", "Zürich"] * 4
    name = {"latin-1": "Windows-1252", "cp1252": "Windows-1252", "utf-8-sig": "UTF-8"}.get(encoding, encoding.upper())
    assert said(found).startswith(f"The file is text in {name[:6]}")


def test_encoding_separator_and_header_can_be_changed():
    text = DIMS.assign(label=["кот", "пёс"] * 6).to_csv(index=False).encode("cp1251")
    assert "кот" not in read_embeddings(text).columns["label"]
    assert "кот" in read_embeddings(text, options=ReadOptions(encoding="cp1251")).columns["label"]
    for bad, message in (
        (ReadOptions(encoding="klingon"), "no encoding called"),
        (ReadOptions(encoding="utf-8"), "not text in"),
    ):
        with pytest.raises(EmbeddingError, match=message):
            read_embeddings(text, options=bad)
    numbers = pd.DataFrame(ROWS, columns=range(8)).to_csv(index=False).encode()
    assert len(read_embeddings(numbers)) == 12 and len(read_embeddings(numbers, options=ReadOptions(header="no"))) == 13
    with pytest.raises(EmbeddingError, match="separator must be one of comma, semicolon, tab, bar, space"):
        read_embeddings(numbers, options=ReadOptions(separator="dot"))
    quoted = csv(pd.DataFrame({"a;b;c": WORDS, "x": ROWS[:, 0], "y": ROWS[:, 1]}), quoting=1)
    assert same(read_embeddings(quoted.replace(b'"', b""), options=ReadOptions(separator="comma")), ROWS[:, :2])


def test_a_spreadsheet_with_decimal_commas_is_read_with_and_without_names():
    for separator in (";", "\t"):
        text = DIMS.assign(note="a, b").to_csv(index=False, sep=separator, decimal=",")
        assert same(read_embeddings(text.encode())) and "and decimal commas" in said(read_embeddings(text.encode()))
        bare = DIMS.to_csv(index=False, header=False, sep=separator, decimal=",")
        assert same(read_embeddings(bare.encode()))
    assert same(read_embeddings(b"sep=;\r\n" + csv(DIMS, sep=";", decimal=",")))


def test_cells_with_line_breaks_and_quotes_are_one_cell():
    notes = ['two\nlines, "quoted"', "plain", "é;"] * 4
    assert read_embeddings(csv(DIMS.assign(note=notes))).columns["note"].tolist() == notes
    named = pd.concat([DIMS, pd.DataFrame({"note\nof hand": notes})], axis=1)
    assert same(read_embeddings(csv(named)))


GROUPED = Embeddings(
    ROWS,
    {"label": np.array(["", "NA", "c"] * 4), "height (m)": np.arange(12.0)},
    np.repeat(np.arange(3), 4),
    np.tile(np.arange(4) / 10, 3),
)


def test_the_own_export_for_the_projector_opens_again():
    data = to_projector(GROUPED)
    again = read_embeddings(data)
    assert same(again) and np.array_equal(again.group, GROUPED.group) and np.array_equal(again.time, GROUPED.time)
    assert again.columns["label"].tolist() == ["unknown", "NA", "c"] * 4
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        vectors, metadata = archive.read("vectors.tsv"), archive.read("metadata.tsv")
    separate = read_embeddings(vectors, metadata=metadata)
    assert same(separate) and {*separate.columns} == {*again.columns}
    for folder in ("out/", "run 1/log/"):
        with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
            archive.writestr(f"{folder}tensors.tsv", vectors)
            archive.writestr(f"{folder}metadata.tsv", b"\n".join(word.encode() for word in WORDS) + b"\n")
            archive.writestr(f"{folder}config.pbtxt", b"x")
        assert read_embeddings(file.getvalue()).columns["label"].tolist() == WORDS


def test_metadata_of_another_length_and_unclear_archives_are_refused():
    vectors = savetxt(ROWS, delimiter="\t")
    with pytest.raises(EmbeddingError, match="metadata have 5 lines and there are 12 rows"):
        read_embeddings(vectors, metadata=b"a\nb\nc\nd\ne\n")
    with pytest.raises(EmbeddingError, match="metadata of row 2 have 1 cells, not 2"):
        read_embeddings(vectors, metadata=b"a\tb\n1\t2\n1\n" + b"1\t2\n" * 10)
    with pytest.raises(EmbeddingError, match=r"holds a.csv, b.csv; pack one table"):
        read_embeddings(zipped(a_csv=csv(DIMS), b_csv=csv(DIMS)))
    assert same(read_embeddings(zipped(a_csv=csv(DIMS))))


def test_clips_of_frames_take_a_label_for_each_clip_or_each_frame():
    clips = ROWS.reshape(3, 4, 8)
    found = read_embeddings(npz(embeddings=clips, label=np.array(list("abc")), speed=np.arange(12.0).reshape(3, 4)))
    assert same(found) and found.columns["label"].tolist() == list("aaaabbbbcccc")
    assert found.columns["speed"].tolist() == list(range(12)) and found.group.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    named = read_embeddings(npz(embeddings=clips, clip=np.array(["z", "y", "x"]), time=np.array([0, 0.1, 0.2, 0.3])))
    assert named.group.tolist() == [0] * 4 + [1] * 4 + [2] * 4 and same(named, clips[::-1].reshape(12, 8))
    assert named.time.tolist() == [0, 0.1, 0.2, 0.3] * 3
    pictures = RNG.integers(0, 256, (3, 64, 64, 3), np.uint8)
    thumbs = read_embeddings(npz(embeddings=clips, thumbnails=pictures)).thumbnails
    assert np.array_equal(thumbs.pictures, np.repeat(pictures, 4, axis=0))
    with pytest.raises(EmbeddingError, match="label has 5 entries and there are 12 rows"):
        read_embeddings(npz(embeddings=clips, label=np.arange(5)))


def test_rows_without_a_clip_stand_alone():
    films = ["b", None, "a", "a", None, "b"] * 2
    pictures = RNG.integers(0, 256, (12, 64, 64, 3), np.uint8)
    for data in (parquet(DIMS.assign(clip=films)), csv(DIMS.assign(clip=films))):
        found = read_embeddings(data)
        assert found.group.tolist() == [0] * 4 + [1] * 4 + [2, 3, 4, 5]
        assert "4 rows have no clip; each counts as a clip of its own." in found.notes
    numbered = npz(embeddings=ROWS, clip=np.array([1, np.nan, 0, 0, np.nan, 1] * 2), thumbnails=pictures)
    thumbs = read_embeddings(numbered).thumbnails
    assert thumbs.starts.tolist() == [0, 4, 8, 9, 10, 11, 12] and np.array_equal(thumbs.pictures[8], pictures[1])


def test_the_clip_and_the_time_can_be_chosen():
    frame = DIMS.assign(take=np.repeat(["p", "q"], 6), when=np.tile(np.arange(6)[::-1], 2), t=["noon"] * 12)
    with pytest.raises(
        EmbeddingError, match="t must be a number for each row: seconds or frames; choose another column"
    ):
        read_embeddings(csv(frame))
    found = read_embeddings(csv(frame), options=ReadOptions(clip="take", time="when"))
    assert found.group.tolist() == [0] * 6 + [1] * 6 and found.time.tolist() == [*range(6)] * 2
    assert "The column take tells the clips apart, and when orders their rows." in found.notes
    assert read_embeddings(csv(frame), options=ReadOptions(time="none")).time is None
    with pytest.raises(EmbeddingError, match="no column 'nose' for the clip"):
        read_embeddings(csv(frame), options=ReadOptions(clip="nose", time="when"))


def test_arrays_that_are_rows_are_no_columns():
    for name in ("img{}", "folder/{}.jpg"):
        found = read_embeddings(npz(**{name.format(i): row for i, row in enumerate(ROWS)}))
        assert same(found) and found.columns["key"].tolist() == [name.format(i) for i in range(12)]
        assert "Each array of the file is a row." in found.notes
    assert same(read_embeddings(npz(**{f"emb_{i}": ROWS[:, i] for i in range(8)})))


def test_numbers_with_signs_between_thousands_are_numbers():
    frame = pd.DataFrame({"e0": [f"{1000 * x:,.2f}" for x in np.abs(ROWS[:, 0])], "e1": ROWS[:, 1]})
    found = read_embeddings(csv(frame))
    assert np.allclose(found.vectors[:, 0], np.abs(1000 * ROWS[:, 0]), atol=0.01)


def test_names_that_pandas_wrote_as_decimals_are_no_row():
    assert same(read_embeddings(pd.DataFrame(ROWS, columns=[f"{i}.0" for i in range(8)]).to_csv(index=False).encode()))


def test_a_packed_text_is_unpacked_no_further_than_the_limit():
    assert same(read_embeddings(gzip.compress(csv(DIMS))))
    with pytest.raises(EmbeddingError, match="unpacks to more than 1 MB"):
        read_embeddings(gzip.compress(b"0" * 2**21), EmbeddingLimits(max_bytes=2**20))
    with pytest.raises(EmbeddingError, match=r"\.gz file is cut short"):
        read_embeddings(gzip.compress(csv(DIMS))[:-9])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pickle.dumps(ROWS), "Python pickle, which is never loaded"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5 file"),
        (b"ARROW1\0\0" + bytes(99), "save it as .parquet"),
        (zipped(xl_workbook_xml=b"x").replace(b"xl.workbook.xml", b"xl/workbook.xml"), "Excel workbook"),
    ],
)
def test_formats_that_cannot_be_read_are_named(data, message):
    with pytest.raises(EmbeddingError, match=message):
        read_embeddings(data)
