"""Rows of label tables on their way to clips."""

from bench.corpora.annotation import Annotations, tables
from bench.corpora.choice import choose
from bench.corpora.database import read_database
from tests.layouts.audformat import write_audformat

SEGMENTED = """\
name: x
source: y
schemes:
  rating: {dtype: int, minimum: 1, maximum: 9}
  who:
    dtype: str
    labels: {anna: {gender: W, age: 31}, ben: {Sex: male}, cem: {gender: other}}
splits: {dev: {type: dev}}
tables:
  parts:
    type: segmented
    split_id: dev
    columns: {rating: {scheme_id: rating}, speaker: {scheme_id: who}, session: {}, split: {}}
"""


def segmented(folder, *rows):
    (folder / "db.yaml").write_text(SEGMENTED)
    (folder / "db.parts.csv").write_text("\n".join(["file,start,end,rating,speaker,session,split", *rows]) + "\n")
    database = read_database(folder)
    return Annotations(database, choose(database), "")


def test_stretches_of_files(tmp_path):
    found = segmented(
        tmp_path,
        "a.wav,0 days 00:00:00.000000,0 days 00:00:01.500000,3,anna,1,x",
        "a.wav,0 days 00:00:01.500000,,9,ben,2,x",
        "b/c.wav,NaT,NaT,,cem,,",
    )
    assert [clip.id for clip in found.clips] == ["a.wav@0-1.5", "a.wav@1.5-", "b/c.wav@0-"]
    assert [(clip.start_s, clip.end_s) for clip in found.clips] == [(None, 1.5), (1.5, None), (None, None)]
    assert [clip.path for clip in found.clips] == [tmp_path / "a.wav", tmp_path / "a.wav", tmp_path / "b" / "c.wav"]
    assert found.cells == ["3", "9", ""]
    assert [clip.session for clip in found.clips] == ["1", "2", None]
    assert {clip.split for clip in found.clips} == {"dev"}
    assert [clip.traits for clip in found.clips] == [{"sex": "female", "age": "31"}, {"sex": "male"}, {"sex": "other"}]
    assert (found.n_rows, found.excluded) == (3, [])


def test_rows_that_are_no_clips_say_why(tmp_path):
    (tmp_path / "away").symlink_to(tmp_path.parent)
    rows = {
        "../a.wav,0 days,,3,anna,,": "has '..'",
        "/etc/a.wav,0 days,,3,anna,,": "is absolute",
        "away/a.wav,0 days,,3,anna,,": "a link that leads out",
        "s3://bucket/a.wav,0 days,,3,anna,,": "lies in a network",
        "a.wav,0 days,,3,,,": "no table says who talks",
        "b.wav,1.5,,3,anna,,": "a number without a unit",
        "c.wav,0 days 00:00:02,0 days 00:00:01,3,anna,,": "ends at 1.0 s and starts at 2.0 s",
        ",0 days,,3,anna,,": "the path is empty",
    }
    found = segmented(tmp_path, "good.wav,0 days,,3,anna,,", "good.wav,0 days,NaT,4,anna,,", *rows)
    assert [clip.id for clip in found.clips] == ["good.wav@0-"]
    assert found.cells == ["3"]
    again, *others = found.excluded
    assert (again.clip_id, again.reason) == (
        "good.wav@0- (row 2)",
        "good.wav@0- stands in the table 'parts' or one before it already",
    )
    assert len(others) == len(rows)
    for exclusion, why in zip(others, rows.values(), strict=True):
        assert why in exclusion.reason
    assert len({exclusion.clip_id for exclusion in found.excluded}) == len(found.excluded)
    assert others[1].clip_id == "row 4"  # an id is no path of this machine


def test_speakers_text_and_confidence_from_other_tables(tmp_path):
    database = read_database(write_audformat(tmp_path))
    choice = choose(database)
    assert tables(choice) == "the table 'emotion'"
    clip = Annotations(database, choice, "").clips[-1]
    assert (clip.id, clip.speaker, clip.text, clip.traits) == ("wav/10a02S.wav", "10", "a02", {"sex": "male", "age": "32"})
    assert clip.confidence == {"emotion.confidence": 0.92}
    unknown = Annotations(database, choice, "none").clips[-1]
    assert (unknown.speaker, unknown.traits, unknown.text) == ("", {}, "a02")


SPLIT = """\
name: x
source: y
schemes:
  emotion: {dtype: str, labels: [anger, sadness]}
  one: {dtype: str, labels: {anna: {gender: female}, ben: {gender: male}}}
  two: {dtype: str, labels: {cem: {gender: male}}}
splits: {train: {type: train}, test: {type: test}}
tables:
  emotion.train: {type: filewise, split_id: train, columns: {emotion: {scheme_id: emotion}}}
  emotion.test: {type: filewise, split_id: test, columns: {emotion: {scheme_id: emotion}}}
  files.train: {type: filewise, split_id: train, columns: {speaker: {scheme_id: one}, session: {}}}
  files.test: {type: filewise, split_id: test, columns: {speaker: {scheme_id: two}, session: {}}}
"""


def in_splits(folder, **files):
    (folder / "db.yaml").write_text(SPLIT)
    for part, file in (("train", "a.wav"), ("test", "b.wav")):
        (folder / f"db.emotion.{part}.csv").write_text(f"file,emotion\n{file},anger\n")
        (folder / f"db.files.{part}.csv").write_text("\n".join(["file,speaker,session", *files[part]]) + "\n")
    database = read_database(folder)
    return Annotations(database, choose(database), "")


def test_what_is_known_may_stand_in_a_table_each_split(tmp_path):
    found = in_splits(tmp_path, train=["a.wav,anna,1"], test=["b.wav,cem,2"])
    assert found.excluded == []
    assert [(clip.id, clip.speaker, clip.session, clip.split, clip.traits) for clip in found.clips] == [
        ("a.wav", "anna", "1", "train", {"sex": "female"}),
        ("b.wav", "cem", "2", "test", {"sex": "male"}),
    ]
    assert found.notes[1:] == ["Speakers: the column 'speaker' of the table 'files.train' and of the table 'files.test'."]


def test_tables_that_contradict_each_other(tmp_path):
    found = in_splits(tmp_path, train=["a.wav,anna,1", "b.wav,ben,2"], test=["b.wav,cem,2", "a.wav,anna,3"])
    (exclusion,) = found.excluded
    assert exclusion.clip_id == "b.wav"
    assert exclusion.reason == (
        "the tables contradict each other about who talks: 'ben' in the table 'files.train', 'cem' in the table 'files.test'"
    )
    assert [(clip.id, clip.session) for clip in found.clips] == [("a.wav", "1")]
    assert found.notes[2:] == [
        "1 row has more than one session, by different tables (the first: 'a.wav', '1' in the table 'files.train', '3' in the "
        "table 'files.test'); what is told first is taken."
    ]
