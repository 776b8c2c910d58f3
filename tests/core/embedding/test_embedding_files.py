"""Embeddings of any common format come in alike, and what can't be used is said in one sentence."""

import contextlib
import io
import zipfile

import cv2
import numpy as np
import pandas as pd
import pytest

from core.embedding.files import TooManyRows, read_embeddings
from core.embedding.limits import EmbeddingError, EmbeddingLimits

ROWS = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
LABELS = np.array(["a", "b", "c"] * 4)
TIME = np.tile([3.0, 1.0, 2.0, 0.0], 3)
GROUP = np.repeat(["x", "z", "y"], 4)


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


def wide() -> pd.DataFrame:
    return pd.DataFrame({f"dim_{i}": ROWS[:, i] for i in range(5)} | {"label": LABELS, "time": TIME, "clip": GROUP})


def with_speed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(speed=np.arange(12))


FILES = {
    "npz": npz(embeddings=ROWS, label=LABELS, time=TIME, group=GROUP),
    "npz, other names": npz(features=ROWS, label=LABELS, frame=TIME, video=GROUP),
    "csv": wide().to_csv(index=False).encode(),
    "csv with an index": wide().to_csv().encode(),
    "csv by semicolons": wide().to_csv(index=False, sep=";").encode(),
    "csv from a spreadsheet": b"\xef\xbb\xbf" + wide().to_csv(index=False, sep="\t").encode(),
    "parquet": parquet(wide()),
    "parquet of lists": parquet(pd.DataFrame({"z": list(ROWS), "label": LABELS, "time": TIME, "group": GROUP})),
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_rows_in_the_order_of_clips_and_time(name):
    found = read_embeddings(FILES[name])
    order = np.lexsort((TIME, GROUP))
    assert found.vectors.dtype == np.float32 and np.allclose(found.vectors, ROWS[order], atol=1e-6)
    assert found.columns["label"].tolist() == LABELS[order].tolist()
    assert found.time.tolist() == TIME[order].tolist() and found.group.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert any(note.startswith("The embedding is ") for note in found.notes)


def test_numbers_that_tell_something_are_no_dimensions():
    found = read_embeddings(with_speed(wide()).to_csv(index=False).encode())
    assert found.vectors.shape == (12, 5) and found.columns["speed"].dtype == np.float64
    unnamed = read_embeddings(pd.DataFrame({"width": ROWS[:, 0], "height": ROWS[:, 1]}).to_csv().encode())
    assert unnamed.vectors.shape == (12, 2), "without names of dimensions all numbers are"


BARE = wide().drop(columns=["label", "time", "clip"])


def test_a_table_without_names_keeps_its_first_row_and_says_so():
    text = BARE.assign(kind=LABELS).to_csv(index=False, header=False).encode()
    for data in (text, text.replace(b"\n", b",\n")):
        found = read_embeddings(data)
        assert np.allclose(found.vectors, ROWS, atol=1e-6) and list(found.columns) == ["column 6"]
        assert found.notes[1] == "Its first line is read as a row: the columns have no names."
    whole = read_embeddings(pd.DataFrame([[4, 9], [3, 1], [8, 2]]).to_csv(index=False, header=False).encode())
    assert len(whole) == 3


@pytest.mark.parametrize("names", [range(5), range(1, 6), (3, 8, 12, 40, 41)], ids=str)
def test_numbers_that_name_dimensions_are_no_row(names):
    found = read_embeddings(pd.DataFrame(ROWS, columns=list(names)).to_csv(index=False).encode())
    assert np.allclose(found.vectors, ROWS, atol=1e-6) and found.columns == {}


def test_a_comma_at_the_end_of_each_row_shifts_no_column():
    lines = wide().to_csv(index=False).encode().splitlines()
    for closed in (lines[:1] + [line + b"," for line in lines[1:]], [line + b"," for line in lines]):
        found = read_embeddings(b"\r\n".join(closed))
        assert np.allclose(found.vectors, ROWS[np.lexsort((TIME, GROUP))], atol=1e-6)
        assert found.columns["label"].tolist() == LABELS[np.lexsort((TIME, GROUP))].tolist()


def test_names_of_rows_without_a_name_of_their_own_are_kept():
    lines = BARE.to_csv(index=False).encode().splitlines()
    named = lines[:1] + [f"r{i},".encode() + line for i, line in enumerate(lines[1:])]
    found = read_embeddings(b"\n".join(named))
    assert np.allclose(found.vectors, ROWS, atol=1e-6) and found.columns["row name"][3] == "r3"
    shifted = lines[:1] + [b"0.5," + line for line in lines[1:]]
    with pytest.raises(EmbeddingError, match="rows differ in length"):
        read_embeddings(b"\n".join(shifted))


def test_a_word_among_the_numbers_of_a_dimension_is_named():
    frame = wide().astype({"dim_3": object})
    frame.loc[[4, 7], "dim_3"] = "oops"
    said = "dim_3 holds numbers, but 'oops' is in row 5, and 1 more are not numbers; correct it"
    with pytest.raises(EmbeddingError, match=said):
        read_embeddings(frame.to_csv(index=False).encode())
    plain = pd.DataFrame({"width": ROWS[:, 0], "height": ROWS[:, 1]}).astype({"height": object})
    plain.loc[2, "height"] = "tall"
    with pytest.raises(EmbeddingError, match="height holds numbers, but 'tall' is in row 3; correct it"):
        read_embeddings(plain.to_csv(index=False).encode())
    beside = wide().assign(score=[*range(11), "none given"], label=[*range(11), "other"])
    found = read_embeddings(beside.to_csv(index=False).encode())
    assert found.vectors.shape == (12, 5)
    assert found.notes[-1] == "score is read as text: 'none given' is in row 12."


def test_whole_numbers_that_name_kinds_are_words():
    kinds = np.arange(12) % 3
    frame = wide().assign(label=np.arange(12), clip=0, seen=kinds, count=np.arange(12), share=kinds / 2, row=kinds)
    found = read_embeddings(frame.to_csv(index=False).encode()).columns
    kind = {name: column.dtype.kind for name, column in found.items()}
    assert kind == {"label": "U", "time": "f", "clip": "U", "seen": "U", "count": "f", "share": "f", "row": "f"}
    assert set(found["seen"]) == {"0", "1", "2"}
    holes = read_embeddings(wide().assign(label=[0, 1, None] * 4).to_csv(index=False).encode()).columns["label"]
    assert set(holes) == {"0", "1", "unknown"}
    many = read_embeddings(npz(embeddings=np.tile(ROWS, (5, 1)), label=np.arange(60))).columns["label"]
    assert many.tolist() == [str(i) for i in range(60)], "labels are words, however many there are"


def test_numbers_of_kinds_are_no_dimensions():
    frame = pd.DataFrame({"width": ROWS[:, 0], "height": ROWS[:, 1], "class": np.arange(12) % 2})
    assert read_embeddings(frame.to_csv(index=False).encode()).vectors.shape == (12, 2)


def test_each_row_knows_its_place_in_the_file():
    found = read_embeddings(FILES["csv"])
    assert found.row.tolist() == np.lexsort((TIME, GROUP)).tolist()
    some = read_embeddings(FILES["csv"], EmbeddingLimits(max_rows=5), sample_seed=3)
    assert np.allclose(some.vectors, ROWS[some.row], atol=1e-6)


def test_bare_arrays_of_rows_and_of_clips():
    flat = read_embeddings(npy(ROWS))
    assert np.array_equal(flat.vectors, ROWS) and flat.group is None and flat.time is None
    clips = read_embeddings(npy(ROWS.reshape(3, 4, 5)))
    assert np.array_equal(clips.vectors, ROWS)
    assert clips.group.tolist() == [0] * 4 + [1] * 4 + [2] * 4 and clips.time.tolist() == [0, 1, 2, 3] * 3
    assert read_embeddings(npy((10 * ROWS).astype(np.int8))).vectors.dtype == np.float32


def test_thumbnails_come_as_arrays_or_as_files():
    pictures = np.random.default_rng(1).integers(0, 256, (12, 64, 64, 3), np.uint8)
    found = read_embeddings(npz(embeddings=ROWS, thumbnails=pictures, group=GROUP, time=TIME)).thumbnails
    assert np.array_equal(found.pictures, pictures[np.lexsort((TIME, GROUP))])
    assert found.starts.tolist() == [0, 4, 8, 12] and found.at.tolist() == list(range(12))
    files = [cv2.imencode(".png", picture[..., ::-1])[1].tobytes() for picture in pictures]
    found = read_embeddings(parquet(pd.DataFrame({"embedding": list(ROWS), "thumbnail": files})))
    assert np.array_equal(found.thumbnails.pictures, pictures)
    assert found.thumbnails.starts.tolist() == list(range(13)), "without clips each row is a film of its own"


def test_constant_dimensions_are_counted():
    rows = ROWS.copy()
    rows[:, 2:4] = 7
    assert read_embeddings(npy(rows)).notes[-1] == "2 of 5 dimensions are the same in every row."


def test_too_many_rows_are_refused_or_sampled_and_the_sample_is_called_one():
    limits = EmbeddingLimits(max_rows=5)
    with pytest.raises(TooManyRows, match=r"has 12 rows and the limit is 5; open a sample of it"):
        read_embeddings(npy(ROWS), limits)
    found = read_embeddings(npy(ROWS), limits, sample_seed=3)
    assert len(found) == 5 and found.notes[-1] == "A random sample: 5 of 12 rows (seed 3)."
    assert all((row == ROWS).all(axis=1).any() for row in found.vectors)
    assert np.array_equal(found.vectors, read_embeddings(npy(ROWS), limits, sample_seed=3).vectors)


def broken(value) -> np.ndarray:
    rows = ROWS.astype(np.float64)
    rows[[4, 7], 1] = value
    return rows


def climbing() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../escaped.npy", npy(ROWS))
    return file.getvalue()


BAD = {
    "empty": (b"", "This file is empty"),
    "noise": (bytes(range(128, 256)) * 9, "not a file of embeddings"),
    "words": (b"name,colour\nball,red\nbox,blue\n", "has no numbers to map"),
    "ragged csv": (b"a,b\n1,2\n3,4,5\n6,7\n", "rows differ in length"),
    "pickle": (npy(np.array([{"a": 1}, None], object)), "Python objects, which are never loaded"),
    "pickle in npz": (npz(embeddings=np.array([[{}]], object)), "Python objects, which are never loaded"),
    "cut npy": (npy(ROWS)[:-30], "damaged or cut short"),
    "a header that promises the moon": (npy(ROWS).replace(b"(12, 5), }", b"(9999999999999, 9), }")[:200], "damaged"),
    "cut npz": (FILES["npz"][:-40], "damaged or locked"),
    "cut parquet": (FILES["parquet"][:-40], "parquet file is damaged"),
    "no arrays": (climbing().replace(b".npy", b".exe"), "holds no arrays"),
    "one number": (npy(np.float32(3)), r"must be \[rows, dimensions\], not \[\]"),
    "one row": (npy(ROWS[:1]), "only one row"),
    "four axes": (npy(np.zeros((2, 2, 2, 2))), r"not \[2, 2, 2, 2\]"),
    "nothing": (npy(np.zeros((0, 4))), r"not \[0, 4\]"),
    "letters": (npy(np.array([["a", "b"], ["c", "d"]])), "must be numbers"),
    "not a number": (npy(broken(np.nan)), "2 rows hold values that are not finite numbers (the first is row 5)"),
    "infinite": (npy(broken(np.inf)), "2 rows hold values"),
    "too large for float32": (npy(broken(1e300)), "not finite numbers"),
    "labels too short": (npz(embeddings=ROWS, label=LABELS[:-1]), "label has 11 entries and there are 12 rows"),
    "a label for all": (npz(embeddings=ROWS, label=np.array("x")), "label is []; give one entry for each row"),
    "thumbnails of no size": (npz(embeddings=ROWS, thumbnails=np.zeros((12, 0, 0, 3), np.uint8)), "Thumbnails must be"),
    "a header of brackets": (npy(ROWS).replace(b"{'descr'", b"(((((((("), "damaged"),
    "time in words": (npz(embeddings=ROWS, time=LABELS), "time must be a number"),
    "rows of two lengths": (parquet(pd.DataFrame({"z": [[1.0, 2.0], [3.0]]})), "differ in length"),
    "thumbnails of another kind": (npz(embeddings=ROWS, thumbnails=ROWS), "Thumbnails must be"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_used_is_said_in_one_sentence(name):
    data, said = BAD[name]
    with pytest.raises(EmbeddingError) as error:
        read_embeddings(data)
    said = said.replace("\\", "")
    assert said in str(error.value) and str(error.value).count("\n") == 0 and str(error.value).endswith(".")


def test_many_dimensions_and_unpacked_bytes_have_limits():
    with pytest.raises(EmbeddingError, match="have 5 dimensions and the limit is 4"):
        read_embeddings(npy(ROWS), EmbeddingLimits(max_dims=4))
    bomb = npz(embeddings=np.zeros((3000, 100), np.float32))
    assert len(bomb) < 5000
    with pytest.raises(EmbeddingError, match="unpacks to more than 1 MB"):
        read_embeddings(bomb, EmbeddingLimits(max_bytes=2**20))
    packed = parquet(pd.DataFrame({str(i): np.zeros(30_000) for i in range(9)}))
    assert len(packed) < 2**20
    with pytest.raises(EmbeddingError, match="unpacks to more than 1 MB"):
        read_embeddings(packed, EmbeddingLimits(max_bytes=2**20))
    with pytest.raises(EmbeddingError, match="larger than 0 MB"):
        read_embeddings(FILES["csv"], EmbeddingLimits(max_bytes=100))
    with pytest.raises(EmbeddingError, match="table has 20,001 columns; the limit is 8,192 dimensions"):
        read_embeddings(b"a," * 20_000 + b"a\n")


def test_a_zip_that_climbs_out_is_refused_and_nothing_is_written(tmp_path, monkeypatch):
    (tmp_path / "inner" / "most").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "inner" / "most")
    with pytest.raises(EmbeddingError, match="leads outside this zip file"):
        read_embeddings(climbing())
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_long_word_is_cut_and_makes_no_other_longer():
    """An array of words is as wide as its longest."""
    words = np.array(["a" * 20_000, *["b"] * 11], object)
    found = read_embeddings(parquet(pd.DataFrame({"e": list(ROWS), "caption": words})))
    assert found.columns["caption"][0] == "a" * 200 and found.columns["caption"].nbytes < 12 * 1000
    groups = np.array(["a" * 300 + "x", "a" * 300 + "y"] * 6, object)
    found = read_embeddings(parquet(pd.DataFrame({"e": list(ROWS), "clip": groups})))
    assert found.group.max() == 1, "clips are told apart by their whole names"


def test_words_that_are_packed_once_are_not_unpacked_beyond_the_limit():
    table = pd.DataFrame({"a": np.zeros(9000, np.float32), "caption": ["x" * 5000] * 9000})
    assert len(parquet(table)) < 2**20
    with pytest.raises(EmbeddingError, match="unpacks to more than 8 MB"):
        read_embeddings(parquet(table), EmbeddingLimits(max_bytes=8 * 2**20))


def test_damage_anywhere_in_an_archive_is_reported():
    whole = bytearray(npz(embeddings=ROWS, label=LABELS))
    for place in range(0, len(whole), 3):
        damaged = whole.copy()
        damaged[place] ^= 255
        with contextlib.suppress(EmbeddingError):  # or it does no harm
            read_embeddings(bytes(damaged))


def test_an_archive_in_an_archive_and_a_table_of_fields_are_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("embeddings.npy", npz(embeddings=ROWS))
    fields = np.zeros(12, [("a", "f4"), ("b", "i4")])
    for data in (file.getvalue(), npz(embeddings=ROWS, more=fields), npy(fields)):
        with pytest.raises(EmbeddingError, match="something other than plain arrays"):
            read_embeddings(data)


def test_decimal_commas_are_read():
    found = read_embeddings(b"a;b;note\n1,5;2,5;x\n0,25;3;y\n2;1;z\n")
    assert found.vectors[:, 0].tolist() == [1.5, 0.25, 2.0]
