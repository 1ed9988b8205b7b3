"""Tables of clips as spreadsheets, editors and pandas write them."""

import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.base.error import RequestError
from bench.corpora.manifest import read_manifest

ROWS = ((2, {"id": "a", "text": "x y"}), (3, {"id": "b", "text": ""}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("clips.csv", b"id,text\na,x y\nb,\n"),
        ("clips.csv", b"\xef\xbb\xbfid;text\r\na;x y\r\nb;\r\n"),
        ("clips.tsv", b"id\ttext\na\tx y\nb\t"),
        ("clips.CSV", b'"id", "text"\n a ,"x y"\nb,\n\n,\n'),
    ],
)
def test_what_spreadsheets_write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    manifest = read_manifest(path)
    assert manifest.columns == ("id", "text")
    assert manifest.rows == ROWS
    assert not manifest.problems


def test_rows_are_numbered_as_an_editor_counts_lines(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text('\nid,text\n\na,"two\nlines"\nb,x\nc\nd,x,y\n')
    manifest = read_manifest(path)
    assert [row for row, _ in manifest.rows] == [4, 6]
    assert manifest.problems == (
        "row 7: it has 1 cell, and the header has 2",
        "row 8: it has 3 cells, and the header has 2",
    )


def test_the_delimiter_is_not_looked_for_in_quotes(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text('id;"a,b,c"\nx;1\n')
    assert read_manifest(path).columns == ("id", "a,b,c")


def test_parquet(tmp_path):
    path = tmp_path / "clips.parquet"
    columns = {"id": ["a", "b"], "n": [1, 2], "gap": [3.0, math.nan], "score": [0.1, 7.25], "none": [None, "x"]}
    pq.write_table(pa.table(columns), path)
    assert read_manifest(path).rows == (
        (1, {"id": "a", "n": "1", "gap": "3", "score": "0.1", "none": ""}),
        (2, {"id": "b", "n": "2", "gap": "", "score": "7.25", "none": "x"}),
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("clips.xlsx", b"PK", r"ends in '\.xlsx'"),
        ("clips.csv", b"", "is empty"),
        ("clips.csv", b"id\n\xe9\n", r"not UTF-8 \(line 2\)"),
        ("clips.csv", b'id,x\na,"b\n', "from line 2 on"),
        ("clips.parquet", b"no parquet", "no Parquet file"),
    ],
)
def test_files_that_are_no_table(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RequestError, match=message):
        read_manifest(path)


def test_a_column_that_stands_twice(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text("id,kss,kss,,\na,1,2,,\n")
    assert read_manifest(path).problems == ("header: the column 'kss' stands 2 times",)


def test_a_missing_file(tmp_path):
    with pytest.raises(RequestError, match="does not exist"):
        read_manifest(tmp_path / "clips.csv")


def test_a_date_that_no_calendar_has(tmp_path):
    path = tmp_path / "clips.parquet"
    pq.write_table(pa.table({"id": ["a"], "when": pa.array([10**17], pa.timestamp("ms"))}), path)
    with pytest.raises(RequestError, match="no Parquet file that can be read"):
        read_manifest(path)
