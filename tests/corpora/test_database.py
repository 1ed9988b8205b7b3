"""Headers and tables of audformat, as the library writes them; and what a stranger may have put there."""

import os
import pickle
import shutil

import pytest

from bench.base.error import RequestError
from bench.corpora.database import read_database, seconds
from tests.layouts.audformat import write_audformat


@pytest.fixture
def moods(tmp_path):
    return write_audformat(tmp_path / "moods")


class Evil:
    """Leaves a file where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def saved(folder, storage_format):
    """A database of the library's own making."""
    audformat = pytest.importorskip("audformat")
    import pandas as pd

    db = audformat.Database("made")
    db.schemes["on"] = audformat.Scheme("bool")
    db.schemes["rating"] = audformat.Scheme("int", minimum=1, maximum=9)
    db.schemes["step"] = audformat.Scheme(labels=[1, 2])
    db.splits["dev"] = audformat.Split("dev")
    index = audformat.segmented_index(["a,b.wav", "c.wav"], ["0s", "0.25s"], ["1.5s", pd.NaT])
    db["parts"] = audformat.Table(index, split_id="dev")
    for column, values in {"on": [True, False], "rating": [3, None], "step": [2, 1], "free": ['say "x"', None]}.items():
        db["parts"][column] = audformat.Column(scheme_id=column if column in db.schemes else None)
        db["parts"][column].set(values)
    db.save(str(folder), storage_format=storage_format)
    return folder


@pytest.mark.parametrize("storage_format", ["csv", "parquet"])
def test_what_the_library_writes(tmp_path, storage_format):
    database = read_database(saved(tmp_path / "made", storage_format))
    parts = database.tables["parts"]
    assert (parts.segmented, parts.split) == (True, "dev")
    first, second = database.rows(parts)
    assert [first[key] for key in ("file", "rating", "on", "step", "free")] == ["a,b.wav", "3", "True", "2", 'say "x"']
    assert [second[key] for key in ("file", "rating", "on", "step", "free")] == ["c.wav", "", "False", "1", ""]
    assert [(seconds(row["start"]), seconds(row["end"])) for row in (first, second)] == [(0, 1.5), (0.25, None)]
    assert database.scheme(parts.columns["rating"]).bounds == (1, 9)
    assert list(database.labels(database.scheme(parts.columns["step"]))) == ["1", "2"]


def test_it_says_what_the_library_says(moods):
    audformat = pytest.importorskip("audformat")
    theirs, ours = audformat.Database.load(str(moods)), read_database(moods)
    for id_, table in ours.tables.items():
        frame = theirs[id_].df.reset_index()
        rows = list(ours.rows(table))
        assert len(rows) == len(frame) == 24
        for column in ("file", *(name for name in table.columns if name not in ("duration", "emotion.confidence"))):
            assert [row[column] for row in rows] == frame[column].astype(str).tolist()
    speaker = ours.labels(ours.scheme(ours.tables["files"].columns["speaker"]))
    assert speaker == {
        str(key): {"gender": row["gender"], "age": str(row["age"])} for key, row in theirs["speaker"].df.iterrows()
    }


def test_pickles_are_never_opened(moods, tmp_path):
    before = [list(read_database(moods).rows(table)) for table in read_database(moods).tables.values()]
    mark = tmp_path / "ran"
    for table in ("emotion", "files", "speaker"):  # newer than the tables, so the library would take them first
        (moods / f"db.{table}.pkl").write_bytes(pickle.dumps(Evil(mark)))
    database = read_database(moods)
    assert [list(database.rows(table)) for table in database.tables.values()] == before
    (moods / "db.emotion.csv").unlink()
    with pytest.raises(RequestError, match="as a pickle only, which can run"):
        list(database.rows(database.tables["emotion"]))
    assert not mark.exists()
    with (moods / "db.emotion.pkl").open("rb") as stream:  # it is one that does run
        pickle.load(stream)  # noqa: S301
    assert mark.exists()


def test_python_tags_in_the_header_are_not_built(moods, tmp_path):
    mark = tmp_path / "ran"
    header = (moods / "db.yaml").read_text()
    (moods / "db.yaml").write_text(f"{header}meta: !!python/object/apply:os.mkdir ['{mark}']\n")
    with pytest.raises(RequestError, match=r"asks for Python objects .*os\.mkdir.* Take the `!!python` tags out"):
        read_database(moods)
    assert not mark.exists()


def test_nothing_is_read_outside_the_folder(moods, tmp_path):
    outside = tmp_path / "outside.csv"
    shutil.copy(moods / "db.emotion.csv", outside)
    (moods / "db.emotion.csv").unlink()
    (moods / "db.emotion.csv").symlink_to(outside)
    with pytest.raises(RequestError, match=r"'emotion'.*a link that leads out"):
        list(read_database(moods).rows(read_database(moods).tables["emotion"]))
    header = (moods / "db.yaml").read_text()
    (moods / "db.yaml").write_text(header.replace("tables:\n  emotion:", "tables:\n  x/../../outside:", 1))
    database = read_database(moods)
    with pytest.raises(RequestError, match=r"not read: the path .* has '\.\.'"):
        list(database.rows(database.tables["x/../../outside"]))


def test_wrong_folders(tmp_path, moods):
    with pytest.raises(RequestError, match=r"nowhere' does not exist. Expected is a database in audformat: .* db\.yaml"):
        read_database(tmp_path / "nowhere")
    with pytest.raises(RequestError, match="is a file, not a folder"):
        read_database(moods / "db.yaml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RequestError, match=r"holds nothing. Expected is .*db\.yaml"):
        read_database(tmp_path / "empty")
    (tmp_path / "other" / "Actor_01").mkdir(parents=True)
    with pytest.raises(RequestError, match="holds Actor_01/"):
        read_database(tmp_path / "other")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", "cannot be read as YAML"),
        ("- a\n- b\n", "has no `name`"),
        ("title: moods\nsource: x\n", "has no `name`"),
        ("name:\nsource: x\n", "has no `name` that is text"),
        ("name: [a]\nsource: x\n", "has no `name` that is text"),
        ("name: x\nsource: y\ntables: [a]\n", "`tables` is not a mapping"),
        ("name: x\nsource: y\nschemes: {a: 3}\n", r"`schemes\.a` is not a mapping"),
        ("name: x\nsource: y\nschemes: {a: {labels: 3}}\n", "labels of a scheme are 3"),
        ("name: x\nsource: y\nmisc_tables: {a: {levels: 5}}\n", r"`misc_tables\.a\.levels` is 5"),
        ("name: x\nsource: y\nmisc_tables: {a: {}}\n", r"`misc_tables\.a` has no levels"),
    ],
)
def test_headers_that_are_none(tmp_path, text, said):
    (tmp_path / "db.yaml").write_text(text)
    with pytest.raises(RequestError, match=said):
        read_database(tmp_path)


def test_tables_that_cannot_be_read(moods):
    database = read_database(moods)
    (moods / "db.files.csv").unlink()
    with pytest.raises(RequestError, match=r"has no db\.files\.csv, and db\.yaml declares the table 'files'"):
        list(database.rows(database.tables["files"]))
    (moods / "db.emotion.csv").write_text("file,mood\na.wav,sad\nb.wav\n")
    with pytest.raises(RequestError, match=r"3 mistakes.*\n.*no column 'emotion'(.*\n)*.*row 3: it has 1 cell"):
        list(database.rows(database.tables["emotion"]))


def test_what_the_header_does_not_have(moods):
    header = (moods / "db.yaml").read_text()
    (moods / "db.yaml").write_text(header.replace("labels: speaker}", "labels: people}"))
    database = read_database(moods)
    with pytest.raises(RequestError, match=r"No misc table of .* is called 'people'"):
        database.labels(database.schemes["speaker"])
    (moods / "db.yaml").write_text(header.replace("  duration: {dtype: time}\n", ""))
    database = read_database(moods)
    with pytest.raises(RequestError, match=r"No scheme of .* is called 'duration'"):
        list(database.rows(database.tables["files"]))


def test_headers_as_they_were_before(tmp_path):
    (tmp_path / "db.yaml").write_text("old:\n  source: s\n  misc_tables:\n    who:\n      levels: [speaker]\n")
    database = read_database(tmp_path)
    assert (database.facts["name"], database.facts["source"]) == ("old", "s")
    assert list(database.misc_tables["who"].levels) == ["speaker"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0 days 00:00:01.500000", 1.5),
        ("0 days", 0.0),
        ("1 days 01:01:01.001", 90061.001),
        ("1 day, 0:00:02", 86402.0),
        ("0:00:00.25", 0.25),
        ("00:01:00", 60.0),
        ("250ms", 0.25),
        ("1.5s", 1.5),
        ("NaT", None),
        ("", None),
    ],
)
def test_durations(text, value):
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "said"), [("1.5", "number without a unit"), ("soon", "is no duration"), ("a:b", "is no duration")]
)
def test_what_is_no_duration(text, said):
    with pytest.raises(ValueError, match=said):
        seconds(text)
