"""SLEEP: parts by file name, labels that are kept back, mistakes with their rows, and what nobody's name means."""

import os
import shutil

import pytest

from bench.base.error import RequestError
from bench.corpora.sleep import Sleep
from bench.protocols.task import make_tasks, parse_task
from tests.layouts.sleep import write_sleep

NAME = "ComParE2019_ContinuousSleepiness"


@pytest.fixture
def labels(tmp_path):
    """Writes a label file of the given lines, without audio, and gives the folder."""

    def write(*lines, header="file_name,label", place="lab/labels.csv"):
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8", newline="")
        return tmp_path

    return write


def mistakes(folder):
    with pytest.raises(RequestError) as raised:
        Sleep().read(folder)
    return [line.strip() for line in str(raised.value).splitlines()[1:]]


def test_the_published_folder(tmp_path):
    corpus = Sleep().read(write_sleep(tmp_path, confidential=False))
    assert (corpus.name, corpus.speakers, corpus.splitter) == ("sleep", "unknown", "fixed")
    assert {clip.speaker for clip in corpus.clips} == {""}
    assert [(clip.id, clip.split, clip.labels.get("kss")) for clip in corpus.clips] == [
        ("train_0001", "train", 1),
        ("train_0002", "train", 3),
        ("train_0003", "train", 5),
        ("train_0004", "train", 7),
        ("train_0005", "train", 8),
        ("train_0006", "train", 9),
        ("devel_0001", "devel", 2),
        ("devel_0002", "devel", 6),
        ("devel_0003", "devel", 8),
        ("devel_0004", "devel", 9),
        ("test_0001", "test", None),
        ("test_0002", "test", None),
        ("test_0003", "test", None),
    ]
    assert [clip.labels["sleepy"] for clip in corpus.clips[:6]] == ["not sleepy"] * 4 + ["sleepy"] * 2
    assert corpus.clips[-1].labels == {}
    assert corpus.clips[0].path == tmp_path / NAME / "wav" / "train_0001.wav"
    assert [(gone.clip_id, gone.reason) for gone in corpus.excluded] == [
        ("wav/extra_0001.wav", "no row of lab/labels.csv names it")
    ]
    assert "3 recordings have no label (test): their label is ?." in corpus.notes
    # A recording that is missing is left to the decoder, which says so.
    assert [clip.id for clip in corpus.clips if not clip.path.exists()] == ["devel_0004"]


def test_the_target(tmp_path):
    kss, sleepy = Sleep().read(write_sleep(tmp_path)).targets
    assert (kss.name, kss.kind, kss.scale, kss.forms) == ("kss", "measured", (1, 9), ("score", "level"))
    assert "as its publisher gives it" in kss.about
    assert (sleepy.name, sleepy.kind, sleepy.levels, sleepy.forms) == (
        "sleepy",
        "measured",
        ("not sleepy", "sleepy"),
        ("level",),
    )


def test_figures_that_nobody_checked_say_so(tmp_path):
    corpus = Sleep().read(write_sleep(tmp_path))
    assert "not re-checked" in corpus.published
    for unverified in ("5,564", "5564", "5328", "5570", ".251"):
        assert unverified not in " ".join([corpus.about, corpus.published, corpus.caution, *corpus.notes])


@pytest.mark.parametrize("place", ["", NAME])
def test_confidential_labels_fill_the_test_part(tmp_path, place):
    # The file of the fixture has a byte-order mark, semicolons, Windows line ends and another header.
    corpus = Sleep().read(write_sleep(tmp_path) / place)
    assert [clip.labels["kss"] for clip in corpus.clips if clip.split == "test"] == [4, 8, 9]
    assert "lab/labels_confidential.csv lies there and was read." in corpus.notes


def test_an_archive_unpacked_into_a_folder_of_its_name(tmp_path):
    write_sleep(tmp_path / NAME)
    assert len(Sleep().read(tmp_path).clips) == 13


def test_label_files_alone_are_enough(labels):
    corpus = Sleep().read(labels("train_0001.wav,5", "devel_1.wav,9.0", "test_1,?"))
    assert [(clip.id, clip.labels.get("kss")) for clip in corpus.clips] == [("train_0001", 5), ("devel_1", 9), ("test_1", None)]
    assert [clip.path.name for clip in corpus.clips] == ["train_0001.wav", "devel_1.wav", "test_1.wav"]
    assert not corpus.excluded


def test_every_mistake_is_listed_with_its_row(labels, tmp_path, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "train_9.wav"
    elsewhere.write_bytes(b"")
    (tmp_path / "wav").mkdir()
    os.symlink(elsewhere, tmp_path / "wav" / "train_9.wav")
    folder = labels(
        "train_1.wav,0",
        "train_2.wav,10",
        "train_3.wav,5.5",
        "train_4.wav,tired",
        "train_5.wav,",
        "train_6.wav,5",
        "train_6.wav,5",
        "one.wav,5",
        "../train_7.wav,5",
        "/etc/train_8.wav,5",
        "train_9.wav,5",
        ",5",
        "train_10.wav",
        "test_1.wav,3",
    )
    labels("test_1.wav,4", "test_2.wav,x", place="lab/labels_confidential.csv")
    said = "is no whole number of 1 to 9; where nobody knows it, expected is ?"
    assert mistakes(folder) == [
        "lab/labels.csv, row 14: it has 1 cell, and the header has 2",
        f"lab/labels.csv, row 2: the label '0' {said}",
        f"lab/labels.csv, row 3: the label '10' {said}",
        f"lab/labels.csv, row 4: the label '5.5' {said}",
        f"lab/labels.csv, row 5: the label 'tired' {said}",
        f"lab/labels.csv, row 6: the label '' {said}",
        "lab/labels.csv, row 8: 'train_6.wav' stands in row 7 already",
        "lab/labels.csv, row 9: the name 'one.wav' tells no part; expected is train_, devel_ or test_ in front",
        "lab/labels.csv, row 10: the path '../train_7.wav' has '..'; recordings lie in the manifest's folder or below",
        "lab/labels.csv, row 11: the path '/etc/train_8.wav' is absolute; give it relative to the manifest",
        "lab/labels.csv, row 12: the path 'train_9.wav' is a link that leads out of the manifest's folder",
        "lab/labels.csv, row 13: the path is empty",
        "lab/labels_confidential.csv, row 2: 'test_1.wav' is rated 4 here, and 3 in lab/labels.csv, row 15",
        f"lab/labels_confidential.csv, row 3: the label 'x' {said}",
    ]


def test_links_that_lead_out(labels, tmp_path, tmp_path_factory):
    folder = labels("train_1.wav,5")
    os.symlink(tmp_path_factory.mktemp("elsewhere"), tmp_path / "wav")
    with pytest.raises(RequestError, match=r"wav' is a link that leads out of the corpus\. Expected is .* all inside"):
        Sleep().read(folder)


def test_wrong_folders(labels, tmp_path):
    with pytest.raises(RequestError, match=rf"nowhere' does not exist\. Expected is the folder {NAME} with wav/ and lab/"):
        Sleep().read(tmp_path / "nowhere")
    (tmp_path / "Actor_01").mkdir()
    with pytest.raises(RequestError, match=rf"holds Actor_01/\. Expected is the folder {NAME} with wav/ and lab/labels.csv"):
        Sleep().read(tmp_path)
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "labels.txt").touch()
    with pytest.raises(RequestError, match=r"lab' holds labels\.txt"):
        Sleep().read(tmp_path)
    with pytest.raises(RequestError, match=r"has the columns a, b\. Expected are file_name and label"):
        Sleep().read(labels("train_1.wav,5", header="a,b"))
    assert mistakes(labels()) == ["lab/labels.csv has no row, so there is no clip"]


def test_tasks_use_the_official_parts_and_nothing_else(tmp_path):
    corpus = Sleep().read(write_sleep(tmp_path))
    (task,) = make_tasks(corpus, parse_task("sleep/kss/score"))
    assert task.splitter == "fixed"
    (fold,) = task.folds
    assert fold.test == ("test_0001", "test_0002", "test_0003")
    for splitter in ("loso", "grouped-10", "sessions"):
        with pytest.raises(RequestError, match="'sleep' does not say who speaks"):
            make_tasks(corpus, parse_task("sleep/kss"), splitter)


def test_without_test_labels_the_devel_part_is_tested(tmp_path):
    (task,) = make_tasks(Sleep().read(write_sleep(tmp_path, confidential=False)), parse_task("sleep/kss/level"))
    assert [fold.test[0] for fold in task.folds] == ["devel_0001"]


def test_recordings_are_not_needed(tmp_path):
    with_audio = Sleep().read(write_sleep(tmp_path))
    shutil.rmtree(tmp_path / NAME / "wav")
    assert Sleep().read(tmp_path).identity == with_audio.identity
