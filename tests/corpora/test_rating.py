"""Ratings: which columns are meant, in tables and in ARFF files."""

import pytest

from bench.corpora.rating import Wanted, part_of, read_rated_arff, read_rated_table


def test_a_table(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("KSS\tPath\tSpeaker\n?\ta.wav\tann\n")
    file = read_rated_table(path, Wanted())
    assert (file.label, file.columns, file.says_speaker, file.by_name) == ("KSS", ("KSS", "Path", "Speaker"), True, False)
    assert file.ratings == ((2, "", "a.wav", "", "ann", ""),)


@pytest.mark.parametrize(
    ("attributes", "path", "label"),
    [
        (("name string", "a numeric", "b {x}"), "name", "b"),
        (("note string", "file_name string", "a numeric", "b numeric"), "file_name", "b"),
        (("a numeric", "note string", "b numeric"), "note", "b"),
        (("speaker string", "turn string", "b numeric"), "turn", "b"),
        (("a numeric", "b numeric", "wav {w}"), "wav", "b"),
        (("name string", "b numeric", "speaker {s}", "split {train}"), "name", "b"),
        (("name string", "b numeric", "day date"), "name", "b"),
    ],
)
def test_attributes_of_an_arff(tmp_path, attributes, path, label):
    names = [attribute.split()[0] for attribute in attributes]
    file = tmp_path / "slc.dev.arff"
    text = ["@relation x", *(f"@attribute {attribute}" for attribute in attributes), "@data"]
    file.write_text("\n".join([*text, ",".join(f"v-{name}" for name in names)]) + "\n")
    read = read_rated_arff(file, Wanted())
    assert read.label == label
    (rating,) = read.ratings
    assert (rating.path, rating.label) == (f"v-{path}", f"v-{label}")
    assert rating.speaker == ("v-speaker" if "speaker" in names else "")
    assert rating.split == ("v-split" if "split" in names else "devel")


def test_parts():
    told = ("SLC_train", "x.Training.y", "dev2", "sleep-validation", "TEST")
    assert [part_of(name) for name in told] == ["train", "train", "devel", "devel", "test"]
    assert {part_of(name) for name in ("restrain", "contest", "evaluation", "train_devel", "")} == {""}
