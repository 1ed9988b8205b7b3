"""SLC: a table of one's own and ARFF of any kind, told apart by what stands in them."""

import os
import shutil

import pytest

from bench.base.error import RequestError
from bench.corpora.slc import Slc
from bench.protocols.task import make_tasks, parse_task
from tests.layouts.slc import KSS, write_slc


@pytest.fixture
def table(tmp_path):
    """Writes a CSV of the given lines and gives its folder."""

    def write(*lines, header="path,speaker,kss"):
        (tmp_path / "clips.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def arff(tmp_path):
    """Writes an ARFF file of the given attributes and rows and gives its folder."""

    def write(*rows, attributes=("name string", "f numeric", "class {NSL,SL}"), name="train.arff"):
        head = ["@relation x", *(f"@attribute {attribute}" for attribute in attributes), "@data"]
        (tmp_path / name).write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
        return tmp_path

    return write


def mistakes(folder, **options):
    with pytest.raises(RequestError) as raised:
        Slc(**options).read(folder)
    return [line.strip() for line in str(raised.value).splitlines()[1:]]


def refusal(folder, **options):
    with pytest.raises(RequestError) as raised:
        Slc(**options).read(folder)
    return str(raised.value)


def test_a_table(tmp_path):
    corpus = Slc().read(write_slc(tmp_path))
    assert (corpus.name, corpus.speakers, corpus.splitter, corpus.caution) == ("slc", "known", "fixed", "")
    assert [target.name for target in corpus.targets] == ["kss", "sleepy"]
    kss, sleepy = corpus.targets
    assert (kss.kind, kss.scale, kss.levels, kss.cuts) == ("measured", (1, 10), ("not sleepy", "sleepy"), pytest.approx((7.5,)))
    assert sleepy.forms == ("level",)
    assert [clip.labels["kss"] for clip in corpus.clips] == [rating for part in KSS.values() for rating in part]
    first = corpus.clips[0]
    assert (first.id, first.speaker, first.split) == ("wav/train/train_0", "train0", "train")
    assert first.path == tmp_path / "wav/train/train_0.wav"
    assert [clip.labels["sleepy"] for clip in corpus.clips[:6]] == ["not sleepy"] * 4 + ["sleepy"] * 2
    assert [(gone.clip_id, gone.reason) for gone in corpus.excluded] == [
        ("wav/train/extra.wav", "no row of the label files names it")
    ]
    assert "clips.csv: 14 rows, 14 with a label in 'KSS'." in corpus.notes
    assert "9089" not in corpus.published
    assert "not re-checked" in corpus.published
    assert Slc().read(tmp_path / "clips.csv") == corpus


@pytest.mark.parametrize("kind", ["levels", "numbers"])
def test_arff_files_one_a_part(tmp_path, kind):
    corpus = Slc().read(write_slc(tmp_path, kind))
    assert (corpus.speakers, corpus.splitter) == ("unknown", "fixed")
    assert "no interval and ranks no tier" in corpus.caution
    assert {clip.speaker for clip in corpus.clips} == {""}
    clips = {clip.id: clip for clip in corpus.clips}
    assert len(clips) == 14
    assert clips["test_3"].labels == {}
    assert {clip.split for clip in corpus.clips} == {"train", "devel", "test"}
    assert all(clip.id.startswith(clip.split) for clip in corpus.clips)
    assert clips["devel_1"].path == tmp_path / "wav/devel/devel_1.wav"
    assert clips["devel_1"].labels == ({"sleepy": "sleepy"} if kind == "levels" else {"sleepy": "sleepy", "kss": 8})
    assert [target.name for target in corpus.targets] == (["sleepy"] if kind == "levels" else ["kss", "sleepy"])
    assert "arff/SLC.IS11.test.arff: 4 rows, 3 with a label in 'sleepiness'." in corpus.notes
    (task,) = make_tasks(corpus, parse_task("slc/sleepy"))
    assert (task.splitter, [fold.test for fold in task.folds]) == ("fixed", [("test_0", "test_1", "test_2")])
    with pytest.raises(RequestError, match="'slc' does not say who speaks, so 'loso' cannot keep speakers apart"):
        make_tasks(corpus, parse_task("slc/sleepy"), "loso")


def test_recordings_are_not_needed(tmp_path):
    with_audio = Slc().read(write_slc(tmp_path, "levels"))
    shutil.rmtree(tmp_path / "wav")
    without = Slc().read(tmp_path)
    assert without.identity == with_audio.identity
    assert without.clips[0].path == tmp_path / "devel_0.wav"  # the decoder says that it is missing


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_as_people_write_them(table, separator):
    lines = [["A1", "7.5", "ben", "one.wav"], ["A2", "", "ann", "wav/two.wav"], ["A3", "?", "ann", "three.flac"]]
    header = ["ID", "Kss", "SPEAKER", " path "]
    corpus = Slc().read(table(*map(separator.join, lines), header=separator.join(header)))
    assert [(clip.id, clip.speaker, clip.path.name) for clip in corpus.clips] == [
        ("A1", "ben", "one.wav"),
        ("A2", "ann", "two.wav"),
        ("A3", "ann", "three.flac"),
    ]
    assert [dict(clip.labels) for clip in corpus.clips] == [{"kss": 7.5, "sleepy": "not sleepy"}, {}, {}]
    assert corpus.splitter == ""
    assert corpus.target("kss").level(7.5) == 0  # as in `sleepy`: not above the cut


def test_tables_may_hold_levels(table):
    corpus = Slc(label="state").read(table("a.wav,ann,SL", "b.wav,ben,nsl", header="path,speaker,State"))
    assert corpus.name == "slc[label=state]"
    assert [dict(clip.labels) for clip in corpus.clips] == [{"sleepy": "sleepy"}, {"sleepy": "not sleepy"}]


def test_bare_names_are_found_below(table, tmp_path):
    (tmp_path / "wav").mkdir()
    (tmp_path / "wav/a.wav").touch()
    corpus = Slc().read(table("a.wav,ann,3", "deep/a.wav,ben,4"))
    assert [clip.path.relative_to(tmp_path).as_posix() for clip in corpus.clips] == ["wav/a.wav", "deep/a.wav"]


def test_every_mistake_is_listed_with_its_row(table, tmp_path):
    for place in ("x", "y"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "twice.wav").touch()
    found = mistakes(
        table(
            "a.wav,ann,11",
            "b.wav,ann,tired",
            'c.wav,ann,"7,5"',
            "d.wav,,5",
            ",ann,5",
            "../e.wav,ann,5",
            "/f.wav,ann,5",
            "g.wav,ann,5",
            "g.wav,ann,5",
            "twice.wav,ann,5",
            "h.wav,ann",
        )
    )
    assert found == [
        "clips.csv, row 12: it has 2 cells, and the header has 3",
        "clips.csv, row 2: the label 11 lies outside the scale 1 to 10",
        "clips.csv, row 3: the label 'tired' is not a number; leave it empty where nothing is known",
        "clips.csv, row 4: the label '7,5' is not a number; write it with a decimal point",
        "clips.csv, row 5: the speaker is empty",
        "clips.csv, row 6: the path is empty",
        "clips.csv, row 7: the path '../e.wav' has '..'; recordings lie in the manifest's folder or below",
        "clips.csv, row 8: the path '/f.wav' is absolute; give it relative to the manifest",
        "clips.csv, row 10: the id 'g' stands in row 9 already",
        "clips.csv, row 11: 2 recordings are called 'twice.wav': x/twice.wav and y/twice.wav; write folders before the name",
    ]


def test_columns_that_are_missing_are_named(table, arff, tmp_path):
    text = refusal(table("a.wav,1,5", header="file,subject,kss"))
    assert "has no column 'path' and no column 'speaker'; there are file, subject, kss. Expected are path, speaker" in text
    assert "has no column 'state'" in refusal(table("a.wav,ann,5"), label="state")
    assert "has no column 'part'" in refusal(table("a.wav,ann,5"), split="part")
    (tmp_path / "clips.csv").unlink()
    arff("a.wav,1,SL")
    assert "No attribute of train.arff is called 'clas'. Did you mean 'class'?" in refusal(tmp_path, label="clas")


def test_a_column_that_counts_twice_or_not_at_all_is_refused(table):
    assert mistakes(table("a.wav,ann,3,9", header="path,speaker,kss,kss")) == [
        "clips.csv, header: the column 'kss' stands 2 times"
    ]
    text = refusal(table("a.wav,ann,3,9", header="path,speaker,Kss,KSS"))
    assert "The columns 'Kss' and 'KSS' could both be 'kss'" in text
    text = refusal(table("a.wav,ann,3,1.0,2.0", header="path,speaker,kss,start_s,end_s"))
    assert "has the column 'start_s' and 'end_s', and this reader hears whole files" in text


def test_attributes_by_name_and_by_place(arff):
    attributes = ("f numeric", "spk {a,b}", "file string", "note string", "part string", "class {NSL,SL}", "kss numeric")
    folder = arff("1,a,x.wav,?,Train,NSL,2", "1,b,y.wav,?,dev,SL,9", attributes=attributes, name="all.arff")
    corpus = Slc(speaker="spk", split="part").read(folder)
    assert [(clip.id, clip.speaker, clip.split, dict(clip.labels)) for clip in corpus.clips] == [
        ("x", "a", "Train", {"kss": 2, "sleepy": "not sleepy"}),
        ("y", "b", "dev", {"kss": 9, "sleepy": "sleepy"}),
    ]
    assert corpus.speakers == "known"
    only = Slc(speaker="spk", label="class").read(folder)
    assert [dict(clip.labels) for clip in only.clips] == [{"sleepy": "not sleepy"}, {"sleepy": "sleepy"}]
    assert only.name == "slc[label=class,speaker=spk]"


def test_a_nominal_attribute_may_hold_numbers_or_names(arff):
    folder = arff("x.wav,1,2", "y.wav,1,9", attributes=("filename {x.wav,y.wav}", "f numeric", "kss {1,2,9,10}"))
    assert [dict(clip.labels) for clip in Slc().read(folder).clips] == [
        {"kss": 2, "sleepy": "not sleepy"},
        {"kss": 9, "sleepy": "sleepy"},
    ]


def test_parts_by_the_names_of_recordings(arff):
    folder = arff("train_1.wav,1,NSL", "devel_1.wav,1,SL", name="all.arff")
    assert [clip.split for clip in Slc().read(folder).clips] == ["train", "devel"]
    arff("one.wav,1,NSL", name="all.arff")
    (found,) = mistakes(folder)
    assert found.startswith("1 recordings, the first is 'one': nothing says who speaks, or whether they are of train, devel")
    assert found.endswith("(all.arff), or name an attribute: slc[speaker=NAME] or slc[split=NAME]")


def test_labels_that_are_no_ratings(arff):
    folder = arff("x.wav,1,0.03", "y.wav,2,-7.5", attributes=("name string", "class numeric", "last numeric"))
    text = refusal(folder)
    assert "has no rating of sleepiness in 'last', but 0.03, -7.5. Expected are numbers of 1 to 10, or NSL and SL." in text
    assert text.endswith("slc[label=NAME]; there are class, last.")
    assert [clip.labels["kss"] for clip in Slc(label="class").read(folder).clips] == [1, 2]


def test_files_without_names_or_labels(arff):
    assert "has no attribute that could hold file names; there are f, class" in refusal(
        arff("1,SL", attributes=("f numeric", "class {NSL,SL}"))
    )
    assert "has no nominal or numeric attribute" in refusal(arff("a.wav", attributes=("name string",)))


def test_speakers_in_some_files_only(arff):
    arff("a.wav,1,SL", name="train.arff")
    folder = arff("b.wav,ann,SL", attributes=("name string", "speaker string", "class {NSL,SL}"), name="test.arff")
    assert "test.arff says who speaks, and train.arff does not" in refusal(folder)


def test_wrong_folders(tmp_path, table, tmp_path_factory):
    assert "nowhere' does not exist. Expected is a folder of the recordings and a CSV" in refusal(tmp_path / "nowhere")
    (tmp_path / "notes.txt").touch()
    assert "holds notes.txt. Expected is a folder of the recordings and a CSV" in refusal(tmp_path)
    assert "is no CSV, Parquet or ARFF file" in refusal(tmp_path / "notes.txt")
    assert mistakes(table()) == ["there is no row, so there is no clip"]
    (tmp_path / "more.csv").touch()
    assert "holds 2 tables (clips.csv, more.csv). Expected is one." in refusal(tmp_path)
    (tmp_path / "more.csv").unlink()
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "clips.csv"
    (tmp_path / "clips.csv").rename(elsewhere)
    os.symlink(elsewhere, tmp_path / "clips.csv")
    assert "clips.csv' is a link that leads out of the corpus" in refusal(tmp_path)


def test_a_table_goes_before_arff_files_and_says_so(tmp_path):
    write_slc(tmp_path, "levels")
    corpus = Slc().read(write_slc(tmp_path))
    assert corpus.speakers == "known"
    assert "clips.csv was read, and the 3 ARFF files beside it were not." in corpus.notes
