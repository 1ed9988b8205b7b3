"""A folder of the user's own: what is read, and every mistake with its row."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.base.error import RequestError
from bench.corpora.folder import Folder
from bench.protocols.task import make_tasks, parse_task

TOML = """
name = "nightshift"
manifest = "clips.csv"
about = "Nurses."
licence = "private"
citation = "Us (2026)."

[targets.kss]
column = "kss_rating"
kind = "measured"
scale = [1, 9]
unit = "KSS"
levels = ["alert", "sleepy"]
cuts = [6]

[targets.task]
kind = "measured"
levels = ["reading", "free"]
ordinal = false
"""
HEADER = "id,path,speaker,start_s,end_s,session,text,split,kss_rating,task,age"


@pytest.fixture
def corpus(tmp_path):
    """Writes a corpus of the given rows and gives the path of its TOML."""

    def write(*rows, header=HEADER, toml=TOML):
        (tmp_path / "clips.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        path = tmp_path / "corpus.toml"
        path.write_text(toml, encoding="utf-8")
        return path

    return write


def mistakes(path):
    """The lines of the error, without the first."""
    with pytest.raises(RequestError) as raised:
        Folder().read(path)
    return [line.strip() for line in str(raised.value).splitlines()[1:]]


def test_everything_that_a_manifest_can_say(corpus, tmp_path):
    path = corpus("a,wav/a b.wav,anna,0.5,2,night1,Hello.,train,7.5,reading,41", "ä,ä.wav,ben,,,,,,,,")
    read = Folder().read(path)
    assert (read.name, read.about, read.licence, read.citation) == ("nightshift", "Nurses.", "private", "Us (2026).")
    assert [target.name for target in read.targets] == ["kss", "task"]
    first, second = read.clips
    assert (first.id, first.speaker, first.path) == ("a", "anna", tmp_path / "wav/a b.wav")
    assert (first.start_s, first.end_s, first.session, first.text, first.split) == (0.5, 2.0, "night1", "Hello.", "train")
    assert first.labels == {"kss": 7.5, "task": "reading"}
    assert first.traits == {"age": "41"}
    assert (second.id, second.path) == ("ä", tmp_path / "ä.wav")
    assert (second.start_s, second.end_s, second.session, second.text, second.split) == (None,) * 5
    assert second.labels == {}
    assert second.traits == {}
    assert not read.excluded


def test_the_fewest_columns(corpus):
    toml = 'name = "n"\nmanifest = "clips.csv"\n[targets.kss]\nkind = "measured"\nscale = [1, 9]\n'
    read = Folder().read(corpus("a;a.wav;anna;3", header="id;path;speaker;kss", toml=toml))
    assert read.clips[0].labels == {"kss": 3.0}


def test_a_folder_with_one_toml_file(corpus, tmp_path):
    path = corpus("a,a.wav,anna,,,,,,5,,")
    assert Folder().read(tmp_path) == Folder().read(path)
    (tmp_path / "other.toml").write_text("")
    with pytest.raises(RequestError, match=r"holds 2 TOML files \(corpus\.toml, other\.toml\)"):
        Folder().read(tmp_path)


def test_parquet_and_csv_give_the_same_corpus(corpus, tmp_path):
    from_csv = Folder().read(corpus("a,a.wav,1,,2,,,,5,free,30"))
    columns = {
        "id": ["a"],
        "path": ["a.wav"],
        "speaker": [1],
        "end_s": [2],
        "kss_rating": [5.0],
        "task": ["free"],
        "age": [30.0],
    }
    pq.write_table(pa.table(columns), tmp_path / "clips.parquet")
    from_parquet = Folder().read(corpus(toml=TOML.replace("clips.csv", "clips.parquet")))
    assert from_parquet == from_csv
    assert from_parquet.identity == from_csv.identity


def test_every_mistake_is_listed_at_once_with_its_row(corpus):
    path = corpus(
        "a,a.wav,anna,,,,,,5,,",
        "a,b.wav,anna,,,,,,5,,",
        "c,c.wav,,,,,,,5,,",
        ",d.wav,anna,,,,,,5,,",
        "e,,anna,,,,,,5,,",
        "f,f.wav,anna,,,,,,10,,",
        "g,g.wav,anna,,,,,,tired,,",
        'h,h.wav,anna,,,,,,"5,5",,',
        "i,i.wav,anna,,,,,,nan,,",
        "j,j.wav,anna,,,,,,5,Reading,",
        "k,k.wav,anna,2,1,,,,5,,",
        "l,l.wav,anna,-1,,,,,5,,",
        "m,m.wav,anna,x,,,,,5,,",
        "n,n.wav,anna,1,1,,,,1_0,,",
        "o,o.wav,anna,inf,,,,,,,",
        "p,p.wav",
    )
    assert mistakes(path) == [
        "row 17: it has 2 cells, and the header has 11",
        "row 3: the id 'a' stands in row 2 already",
        "row 4: the speaker is empty",
        "row 5: the id is empty",
        "row 6: the path is empty",
        "row 7: column 'kss_rating': the label 10 lies outside the scale 1 to 9",
        "row 8: column 'kss_rating': 'tired' is not a number; leave the cell empty where nothing is known",
        "row 9: column 'kss_rating': '5,5' is not a number; write it with a decimal point",
        "row 10: column 'kss_rating': the label nan lies outside the scale 1 to 9",
        "row 11: column 'task': the label 'Reading' is none of reading, free",
        "row 12: the clip ends at 1 s and starts at 2 s; it must end later",
        "row 13: column 'start_s': -1 is no time in a recording; give seconds from 0 up",
        "row 14: column 'start_s': 'x' is not a number; leave the cell empty where nothing is known",
        "row 15: the clip ends at 1 s and starts at 1 s; it must end later",
        "row 15: column 'kss_rating': '1_0' is not a number; leave the cell empty where nothing is known",
        "row 16: column 'start_s': inf is no time in a recording; give seconds from 0 up",
    ]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("/etc/passwd", "is absolute"),
        ("C:/a.wav", "is absolute"),
        ("../a.wav", "has '..'"),
        ("wav/../../a.wav", "has '..'"),
        (r"wav\a.wav", "has backslashes"),
        ("a\0.wav", "NUL"),
        ("out.wav", "leads out of the manifest's folder"),
        ("outside/a.wav", "leads out of the manifest's folder"),
        ("outside/deeper/a.wav", "leads out of the manifest's folder"),
    ],
)
def test_paths_stay_inside(corpus, tmp_path, tmp_path_factory, place, message):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.wav").write_bytes(b"")
    os.symlink(elsewhere, tmp_path / "outside")
    os.symlink(elsewhere / "a.wav", tmp_path / "out.wav")
    (found,) = mistakes(corpus(f"a,{place},anna,,,,,,5,,"))
    assert found.startswith("row 2: the path")
    assert message in found


def test_links_inside_are_fine(corpus, tmp_path, tmp_path_factory):
    (tmp_path / "wav").mkdir()
    (tmp_path / "wav/a.wav").write_bytes(b"")
    os.symlink(tmp_path / "wav", tmp_path / "linked")
    os.symlink(tmp_path / "wav/a.wav", tmp_path / "b.wav")
    path = corpus("a,linked/a.wav,anna,,,,,,5,,", "b,b.wav,anna,,,,,,5,,")
    assert len(Folder().read(path).clips) == 2
    # The whole corpus may itself be reached by a link.
    door = tmp_path_factory.mktemp("door") / "corpus"
    os.symlink(tmp_path, door)
    assert len(Folder().read(door).clips) == 2


def test_missing_audio_is_left_to_the_decoder(corpus):
    assert len(Folder().read(corpus("a,nowhere.wav,anna,,,,,,5,,")).clips) == 1


def test_the_header(corpus):
    found = mistakes(corpus("1,a.wav,x,,7,1,,x,x", header="ID,path,Speaker,,kss,start,path,sesion,kss_rating"))
    assert found == [
        "header: the column 'path' stands 2 times",
        "header: a column has no name; name it or take it out (pandas: index=False)",
        "header: there is no column 'id', which every manifest needs; is it 'ID'?",
        "header: there is no column 'speaker', which every manifest needs; is it 'Speaker'?",
        "header: there is no column 'task', which targets.task names; there are "
        "ID, path, Speaker, , kss, start, path, sesion, kss_rating",
        "header: the column 'start' would not be used; rename it to 'start_s', or to something else",
        "header: the column 'sesion' would not be used; rename it to 'session', or to something else",
        "row 2: the path is empty",
        "row 2: column 'kss_rating': 'x' is not a number; leave the cell empty where nothing is known",
    ]


@pytest.mark.parametrize(
    ("columns", "meant"),
    [
        (["start_s", "end"], {"end": "end_s"}),
        (["onset", "offset"], {"onset": "start_s", "offset": "end_s"}),
        (["begin", "End"], {"begin": "start_s", "End": "end_s"}),
        (["start_time", "end_time"], {"start_time": "start_s", "end_time": "end_s"}),
        (["begin_s", "stop_s"], {"begin_s": "start_s", "stop_s": "end_s"}),
        (["start_sec"], {"start_sec": "start_s"}),
        (["End time (s)"], {"End time (s)": "end_s"}),
        (["end_time_s"], {"end_time_s": "end_s"}),
        (["endtime"], {"endtime": "end_s"}),
        (["onset", "duration"], {"onset": "start_s"}),
        (["stop_seconds", "end_s"], {}),
        (["onset"], {}),  # of an illness, say
        (["end"], {}),
        (["duration", "start_s"], {}),
        (["ending", "offsets", "backend"], {}),
        (["start_s", "end_s", "onset", "end_time"], {}),
    ],
)
def test_other_names_for_bounds_are_told(corpus, columns, meant):
    toml = 'name = "n"\nmanifest = "clips.csv"\n[targets.kss]\nkind = "measured"\nscale = [1, 9]\n'
    values = [str(number) for number, _ in enumerate(columns, start=1)]
    path = corpus(",".join(["a,a.wav,anna,3", *values]), header=",".join(["id,path,speaker,kss", *columns]), toml=toml)
    if meant:
        assert mistakes(path) == [
            f"header: the column {column!r} would not be used; rename it to {name!r}, or to something else"
            for column, name in meant.items()
        ]
    else:
        traits = {column: value for column, value in zip(columns, values, strict=True) if column not in ("start_s", "end_s")}
        assert Folder().read(path).clips[0].traits == traits


@pytest.mark.parametrize("column", ["start_ms", "Start (ms)", "start_sample", "onset_frames", "begin milliseconds"])
def test_bounds_in_other_units_are_not_to_be_renamed_alone(corpus, column):
    toml = 'name = "n"\nmanifest = "clips.csv"\n[targets.kss]\nkind = "measured"\nscale = [1, 9]\n'
    path = corpus("a,a.wav,anna,3,1500", header=f"id,path,speaker,kss,{column}", toml=toml)
    advice = "turn it into seconds and rename it to 'start_s', or to something else"
    assert mistakes(path) == [f"header: the column {column!r} would not be used; {advice}"]


def test_a_target_may_be_called_like_a_bound(corpus):
    toml = 'name = "n"\nmanifest = "clips.csv"\n[targets.end]\nkind = "measured"\nscale = [1, 9]\n'
    (clip,) = Folder().read(corpus("a,a.wav,anna,3,1", header="id,path,speaker,end,start_s", toml=toml)).clips
    assert (clip.labels, clip.start_s, clip.end_s) == ({"end": 3}, 1, None)


UNKNOWN = """
name = "n"
manifest = "clips.csv"
speakers = "unknown"
splitter = "fixed"
source = "Ask us."
published = "3 recordings."
caution = "Nobody knows who speaks."
confidence = ["agreement", "votes"]
[targets.kss]
kind = "measured"
scale = "kss"
"""


def test_speakers_that_nobody_knows(corpus):
    path = corpus(
        "a,a.wav,train,1,0.5,3",
        "b,b.wav,train,8,,",
        "c,c.wav,test,9,1,2",
        "d,d.wav,test,2,1,2",
        header="id,path,split,kss,agreement,votes",
        toml=UNKNOWN,
    )
    read = Folder().read(path)
    assert (read.speakers, read.splitter, read.source) == ("unknown", "fixed", "Ask us.")
    assert (read.published, read.caution) == ("3 recordings.", "Nobody knows who speaks.")
    assert {clip.speaker for clip in read.clips} == {""}
    assert read.target("kss").levels == ("alert", "neither", "sleepy")
    assert [clip.confidence for clip in read.clips[:2]] == [{"agreement": 0.5, "votes": 3}, {}]
    assert not any(clip.traits for clip in read.clips)
    (task,) = make_tasks(read, parse_task("n/kss/level"))
    assert (task.splitter, [fold.test for fold in task.folds]) == ("fixed", [("c", "d")])
    with pytest.raises(
        RequestError, match=r"'n' does not say who speaks, so 'loso' cannot keep speakers apart\. Expected is 'fixed'"
    ):
        make_tasks(read, parse_task("n/kss"), "loso")


def test_unknown_speakers_need_parts_and_no_speaker(corpus):
    assert mistakes(corpus("a,a.wav,x,5,1,1", header="id,path,Speaker_ID,kss,agreement,votes", toml=UNKNOWN)) == [
        "header: there is no column 'split', which speakers = \"unknown\" needs; there are "
        "id, path, Speaker_ID, kss, agreement, votes",
        "header: the column 'Speaker_ID' says who talks, and the TOML says speakers = \"unknown\"; take one of the two out",
    ]
    rows = ("a,a.wav,,anna,5,1,1", ",b.wav,train,,5,,")
    assert mistakes(corpus(*rows, header="id,path,split,speaker,kss,agreement,votes", toml=UNKNOWN)) == [
        "header: the column 'speaker' says who talks, and the TOML says speakers = \"unknown\"; take one of the two out",
        "row 2: the split is empty",
        "row 3: the id is empty",
    ]


def test_columns_that_say_how_sure_labels_are(corpus):
    rows = ("a,a.wav,train,5,sure,inf", "b,b.wav,test,5,0.1,-2")
    assert mistakes(corpus(*rows, header="id,path,split,kss,agreement,votes", toml=UNKNOWN)) == [
        "row 2: column 'agreement': 'sure' is not a number; leave the cell empty where nothing is known",
        "row 2: column 'votes': inf does not say how sure a label is; give a finite number",
    ]
    toml = UNKNOWN.replace('"agreement", "votes"', '"votse", "kss"')
    assert mistakes(corpus("a,a.wav,train,5,1", header="id,path,split,kss,votes", toml=toml)) == [
        "header: there is no column 'votse', which confidence names; is it 'votes'?",
        "header: the column 'kss', which confidence names, has another use already; take it out of confidence",
    ]


def test_mistakes_of_the_toml_and_of_the_rows_come_together(corpus):
    toml = TOML.replace("ordinal = false", "ordinl = false")
    assert mistakes(corpus("a,a.wav,,,,,,,5,,", toml=toml)) == [
        "corpus.toml, targets.task.ordinl: there is no such key; did you mean 'ordinal'?",
        "row 2: the speaker is empty",
    ]


def test_a_manifest_without_clips(corpus):
    assert mistakes(corpus()) == ["it has no row, so there is no clip"]


def test_places_that_hold_no_corpus(tmp_path):
    with pytest.raises(RequestError, match="holds no TOML file"):
        Folder().read(tmp_path)
    with pytest.raises(RequestError, match="does not exist"):
        Folder().read(tmp_path / "nothing")
    (tmp_path / "clips.csv").write_text("id,path,speaker\n")
    with pytest.raises(RequestError, match=r'manifest = "clips\.csv" and a \[targets'):
        Folder().read(tmp_path / "clips.csv")


def test_recordings_without_a_row_are_told(corpus, tmp_path):
    path = corpus("a,wav/a.wav,anna,,,,,,7.5,,")
    assert Folder().read(path).notes == ()
    (tmp_path / "wav").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "wav" / f"{name}.wav").touch()
    (note,) = Folder().read(path).notes
    assert note == "2 recordings lie here and stand in no row of the manifest (wav/b.wav the first)."
    (tmp_path / "wav" / "c.wav").unlink()
    (note,) = Folder().read(path).notes
    assert note == "1 recording lies here and stands in no row of the manifest (wav/b.wav the first)."
