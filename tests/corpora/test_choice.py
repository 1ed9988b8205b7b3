"""Where the label of a database stands, and what stands beside it."""

from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.corpora.choice import Lookup, choose, split_name, splits
from bench.corpora.database import read_database

SCHEMES = """\
  emotion: {dtype: str, labels: [anger, sadness]}
  rating: {dtype: float, minimum: 1, maximum: 5}
  speaker: {dtype: str}
  words: {dtype: str}
"""


def database(folder: Path, tables: str, **files: str):
    splits = "splits:\n  train: {type: train}\n  dev: {type: dev}\n  extra: {type: other}\nraters:\n  asr: {type: machine}\n"
    (folder / "db.yaml").write_text(f"name: x\nsource: y\nschemes:\n{SCHEMES}{splits}tables:\n{tables}")
    for table, text in files.items():
        (folder / f"db.{table}.csv").write_text(text)
    return read_database(folder)


def table(id_, columns="emotion: {scheme_id: emotion}", kind="filewise", split=""):
    return f"  {id_}:\n    type: {kind}\n    columns: {{{columns}}}\n" + (f"    split_id: {split}\n" if split else "")


def test_the_one_that_fits(tmp_path):
    files = table("files", "who: {scheme_id: speaker}, said: {scheme_id: words}, text: {scheme_id: emotion}")
    choice = choose(database(tmp_path, table("labels", "mood: {scheme_id: emotion}") + files))
    assert (choice.column, [each.id for each in choice.tables]) == ("mood", ["labels"])


def test_several_columns_are_listed(tmp_path):
    both = database(tmp_path, table("labels", "emotion: {scheme_id: emotion}, rating: {scheme_id: rating}", split="dev"))
    with pytest.raises(
        RequestError, match=r"2 columns .*\(emotion, rating\).*labels \(split dev\): emotion, rating.*column=COLUMN"
    ):
        choose(both)
    assert choose(both, column="rating").column == "rating"
    with pytest.raises(RequestError, match="no column that could hold the label called 'mood'"):
        choose(both, column="mood")


def test_a_column_is_named_by_its_scheme_too(tmp_path):
    named = database(tmp_path, table("labels", "mood: {scheme_id: emotion}, score: {scheme_id: rating}"))
    assert choose(named, column="emotion").column == "mood"


def test_tables_of_raters_confidences_and_machines_are_passed_over(tmp_path):
    more = "emotion: {scheme_id: emotion}, emotion.confidence: {scheme_id: rating}, guess: {scheme_id: emotion, rater_id: asr}"
    tables = table("gold", more) + table("emotion.rater.1") + table("emotion_weighted")
    found = database(tmp_path, tables)
    assert [each.id for each in choose(found).tables] == ["gold"]
    assert choose(found, table="emotion.rater.1").tables[0].id == "emotion.rater.1"


def test_tables_of_splits_belong_together(tmp_path):
    found = database(tmp_path, table("e.train", split="train") + table("e.dev", split="dev"))
    choice = choose(found)
    assert [each.id for each in choice.tables] == ["e.train", "e.dev"]
    assert [split_name(found, each) for each in choice.tables] == ["train", "dev"]


def test_several_tables_are_listed_unless_they_are_named(tmp_path):
    found = database(tmp_path, table("a", split="train") + table("b", split="train") + table("c"))
    with pytest.raises(RequestError, match=r"the column 'emotion' in 3 tables.*a \(split train\).*c: emotion.*table=TABLE"):
        choose(found)
    assert [each.id for each in choose(found, "[ab]*").tables] == ["a", "b"]
    assert [each.id for each in choose(found, "c").tables] == ["c"]
    with pytest.raises(RequestError, match=r"No table of .* is called 'd'.*Its tables: a"):
        choose(found, "d")


def test_files_and_stretches_are_not_mixed(tmp_path):
    found = database(tmp_path, table("a", split="train") + table("b", kind="segmented", split="dev"))
    with pytest.raises(RequestError, match="tables of files and in tables of stretches"):
        choose(found)


def test_no_table_at_all(tmp_path):
    with pytest.raises(RequestError, match=r"no column that could hold the label.*Its tables: none"):
        choose(database(tmp_path, "  {}\n"))


def test_what_stands_beside_goes_first(tmp_path):
    tables = table("labels", "emotion: {scheme_id: emotion}, who: {scheme_id: speaker}") + table("files", "speaker: {}")
    found = database(tmp_path, tables)
    lookup = Lookup(found, choose(found).tables, ("speaker",))
    assert lookup.place == "the column 'who' beside the label"
    assert lookup.value({"file": "a", "who": "anna"}) == "anna"


def test_what_stands_in_another_table(tmp_path):
    segmented = "file,start,end,speaker\na,0 days,0 days 00:00:01,anna\na,0 days 00:00:01,NaT,ben\n"
    tables = table("labels", kind="segmented") + table("who", "speaker: {}", kind="segmented") + table("files", "words: {}")
    found = database(tmp_path, tables, who=segmented, files="file,words\na,hello\n")
    chosen = choose(found).tables
    lookup = Lookup(found, chosen, ("speaker",))
    assert lookup.place == "the column 'speaker' of the table 'who'"
    ends = ["0:00:01", ""]
    rows = [
        {"file": "a", "start": start, "end": end} for start, end in zip(["0 days 00:00:00.000000", "1s"], ends, strict=True)
    ]
    assert [lookup.value(row) for row in rows] == ["anna", "ben"]
    assert lookup.value({"file": "a", "start": "2s", "end": ""}) == ""
    assert Lookup(found, chosen, ("words",)).value(rows[0]) == "hello"
    nothing = Lookup(found, chosen, ("session",))
    assert (nothing.place, nothing.value(rows[0])) == ("", "")


def test_every_table_that_knows_a_row_is_asked(tmp_path):
    labels = table("e.train", split="train") + table(
        "e.dev", "emotion: {scheme_id: emotion}, who: {scheme_id: speaker}", split="dev"
    )
    tables = labels + table("f.train", "speaker: {}") + table("f.dev", "speaker: {}") + table("rater.1", "speaker: {}")
    texts = {
        "f.train": "file,speaker\na,anna\nb,\n",
        "f.dev": "file,speaker\nb,ben\nc,cem\n",
        "rater.1": "file,speaker\nd,eve\n",
    }
    found = database(tmp_path, tables, **texts)
    lookup = Lookup(found, choose(found).tables, ("speaker",))
    assert (
        lookup.place
        == "the column 'who' beside the label, the column 'speaker' of the table 'f.train' and of the table 'f.dev'"
    )
    assert [lookup.value({"file": file}) for file in "abcd"] == ["anna", "ben", "cem", ""]
    row = {"file": "c", "who": "dora"}
    assert lookup.value(row) == "dora"
    assert lookup.said(row) == {"beside the label": "dora", "of the table 'f.dev'": "cem"}
    assert lookup.value({"file": "c", "who": ""}) == "cem"
    assert [column.scheme for column in lookup.columns] == ["speaker", "", ""]


def test_files_go_before_stretches(tmp_path):
    segmented = "file,start,end,speaker\na,0 days,0 days 00:00:01,anna\nb,0 days,NaT,ben\n"
    tables = table("l", kind="segmented") + table("s", "speaker: {}", kind="segmented") + table("f", "speaker: {}")
    found = database(tmp_path, tables, s=segmented, f="file,speaker\na,ann\n")
    lookup = Lookup(found, choose(found).tables, ("speaker",))
    said = [lookup.said({"file": file, "start": "0 days", "end": end}) for file, end in (("a", "1s"), ("b", ""))]
    assert said == [{"of the table 'f'": "ann", "of the table 's'": "anna"}, {"of the table 's'": "ben"}]


def test_splits_that_other_tables_declare(tmp_path):
    tables = (
        table("labels")
        + table("t", "x: {}", split="train")
        + table("d", "x: {}", split="dev")
        + table("e", "x: {}", split="extra")
    )
    texts = {name: f"file,x\n{rows}" for name, rows in {"t": "a,1\nb,1\n", "d": "b,1\nc,1\n", "e": "d,1\n"}.items()}
    found = database(tmp_path, tables, **texts)
    assert splits(found, choose(found, "labels")) == ({"a": "train", "c": "dev", "d": "extra"}, ["b"])
