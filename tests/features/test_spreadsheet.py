import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.base.error import RequestError
from bench.features.spreadsheet import Choice, read_spreadsheet


@pytest.fixture
def sheet(tmp_path):
    def read(text, name="feats.csv", **choice):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_spreadsheet(tmp_path / name, Choice(**choice))

    return read


def test_a_csv_file_is_read_as_it_stands(sheet):
    found = sheet("clip_id,f0,jitter [%]\n007,1,0.25\nNA,-2e3,\n")
    assert found.rows == ("007", "NA")
    assert found.columns == ("f0", "jitter [%]")
    np.testing.assert_array_equal(found.values, [[1, 0.25], [-2000, np.nan]])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.csv", "\ufeffa;clip;b\n1;c1;2,5\n".replace(",", ".")),
        ("x.tsv", "clip\ta\tb\nc1\t1\t2.5\n"),
        ("x.csv", 'clip,"a",b\r\n"c1",1,2.5\r\n'),
    ],
)
def test_semicolons_tabs_quotes_and_a_byte_order_mark_are_understood(sheet, name, text):
    found = sheet(text, name)
    assert (found.rows, sorted(found.columns), found.values.ravel().tolist()) == (("c1",), ["a", "b"], [1.0, 2.5])


def test_a_parquet_file_may_hold_any_kind_of_number(tmp_path):
    table = pa.table(
        {
            "clip_id": pa.array(["a", "b"]).dictionary_encode(),
            "whole": pa.array([1, None], pa.int16()),
            "half": pa.array([0.5, 2.0], pa.float16()),
            "single": pa.array([float("nan"), 3.5], pa.float32()),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=1)
    found = read_spreadsheet(tmp_path / "x.parquet", Choice())
    assert found.rows == ("a", "b")
    np.testing.assert_array_equal(found.values, [[1, 0.5, np.nan], [np.nan, 2, 3.5]])


def test_patterns_choose_columns(sheet):
    text = "id,start,mfcc[0],mfcc[1],f0,label\na,0 days,1,2,3,x\n"
    assert sheet(text, joined="id", only="mfcc*|f?").columns == ("mfcc[0]", "mfcc[1]", "f0")
    assert sheet(text, joined="id", leave="start|label|mfcc?1?").columns == ("mfcc[0]", "f0")


@pytest.mark.parametrize(
    ("text", "choice", "said"),
    [
        ("name,a\nx,1\n", {}, "has no column 'clip_id' or 'clip'"),
        ("clip,clip_id,a\nx,y,1\n", {}, "has both 'clip_id' and 'clip'"),
        ("name,a\nx,1\n", {"joined": "nam"}, "Did you mean 'name'?"),
        ("clip,a,sex,when\nx,1,f,2 days\n", {}, "sex, when ('sex' holds 'f'). Expected is a number"),
        ("clip,a,sex,when\nx,1,f,2 days\n", {}, "leave out what is none: [leave=sex|when]."),
        ("clip,a\nx,1\ny,0,5\n", {}, "cannot be read: CSV parse error: Expected 2 columns, got 3"),
        ('clip;a\nx;1\ny;"0,5"\n', {}, "('a' holds '0,5')"),
        ("clip,a\nx,1\nx,2\ny,3\n", {}, "several rows have the same 'clip': 'x'."),
        ("clip,a\nx,1\n,2\n", {}, "'clip' is empty in row 2 (in 1 in all)"),
        ("clip,a\nx,1\ny,-inf\n", {}, "'a' of 'y' is -inf, infinite or too large (as are 1 cells in all)"),
        ("clip,a\nx,1\ny,1e39\n", {}, "'a' of 'y' is 1e+39"),
        (
            "clip,a,b[0]\nx,1,\ny,2,NaN\n",
            {},
            "are empty: b[0]. There is nothing to impute them from. Leave them out: [leave=b?0?]",
        ),
        ("clip,a,a\nx,1,2\n", {}, "two columns called 'a'"),
        (",clip,a\n0,x,1\n", {}, "'', which looks like a count of rows that pandas has added"),
        ("Unnamed: 0,clip,a\n0,x,1\n", {}, "or leave it out: [leave=Unnamed: 0]."),
        ("clip,a\nx,1\n", {"only": "b*"}, "fits 'b*' of [only=b*]. Its columns are a."),
        ("clip,a\nx,1\n", {"leave": "a|z"}, "fits 'z' of [leave=a|z]"),
        ("clip,a\nx,1\n", {"leave": "a"}, "is left as a feature"),
        ("clip,a\n", {}, "has no rows"),
        ("", {}, "has no column 'clip_id'"),
        (b"clip,a\nx\xff,1\n", {}, "cannot be read"),
    ],
)
def test_what_is_wrong_is_one_sentence(sheet, text, choice, said):
    with pytest.raises(RequestError) as error:
        sheet(text, **choice)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_column_that_only_counts_rows_is_known_by_its_values(sheet):
    rows = [("c", 3, 7.5), ("a", 4, 8.5), ("e", 5, 9.5), ("b", 6, 1.5), ("d", 7, 0.5)]
    text = "clip,idx,f0\n" + "".join(f"{clip},{number},{f0}\n" for clip, number, f0 in rows)
    with pytest.raises(RequestError, match=r"'idx' of .* only counts rows: it runs from 3 to 7 .*\[leave=idx\]"):
        sheet(text)
    assert sheet(text, leave="idx").columns == ("f0",)
    assert sheet(text.replace("e,5,", "e,6,")).columns == ("idx", "f0")  # two rows alike: it counts something else


def test_texts_in_a_parquet_file_are_told_with_their_kind(tmp_path):
    pq.write_table(pa.table({"clip": ["a"], "sex": ["f"], "ok": [True], "x": [1.0]}), tmp_path / "x.parquet")
    with pytest.raises(RequestError, match=r"sex, ok \('sex' holds string\).*\[leave=sex\|ok\]"):
        read_spreadsheet(tmp_path / "x.parquet", Choice())


def test_a_file_that_is_not_there_or_of_another_kind(tmp_path):
    with pytest.raises(RequestError, match=r"none.csv' cannot be read \(No such file"):
        read_spreadsheet(tmp_path / "none.csv", Choice())
    with pytest.raises(RequestError, match=r"ends in '.xlsx'. Expected is one of .csv, .tsv, .parquet"):
        read_spreadsheet(tmp_path / "x.xlsx", Choice())
    (tmp_path / "x.parquet").write_bytes(b"clip,a\nx,1\n")
    with pytest.raises(RequestError, match=r"x.parquet' cannot be read: Parquet magic bytes not found"):
        read_spreadsheet(tmp_path / "x.parquet", Choice())


def test_a_changed_file_is_read_again(sheet):
    assert sheet("clip,a\nx,1\n").values.tolist() == [[1]]
    assert sheet("clip,a\nx,22\n").values.tolist() == [[22]]


def test_pandas_is_not_imported(tmp_path):
    (tmp_path / "x.csv").write_text("clip,a\nx,1\ny,\n")
    code = (
        "import sys; from pathlib import Path; from bench.features.spreadsheet import *; "
        f"read_spreadsheet(Path({str(tmp_path / 'x.csv')!r}), Choice()); print('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
