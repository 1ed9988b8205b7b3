import csv
import pickle

import numpy as np
import pytest

from bench.base.error import BenchError, RequestError
from bench.base.spelling import parse
from bench.corpora.corpus import Clip
from bench.decoders.facts import FactStore
from bench.decoders.waveform import Waveform
from bench.features import extraction
from bench.features.elsewhere import Table, tells
from bench.features.extraction import extract
from bench.features.feature_set import FEATURE_SETS, Unheard
from bench.features.plan import plan
from bench.features.store import FeatureStore
from bench.features.upkeep import ls, verify
from bench.runs.source import read_corpus


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def clips(recordings):
    return read_corpus("folder", recordings.folder).clips


def write(rows, name="feats.csv", header=("clip_id", "f0", "pace")):
    with open(name, "w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return Table(path=name)


def numbers(clips, seed=0):
    rng = np.random.default_rng(seed)
    return [[clip.id, *rng.normal(100, 20, 2).round(3)] for clip in clips]


def stores(place):
    return FeatureStore(place / "features"), FactStore(place)


def read(place, clips, table):
    store, facts = stores(place)
    found = extract(clips, [table], store, facts)
    assert found.failure_of(table) is None
    return store.table(table, [clip.id for clip in clips], found.keys_of(table))


def test_every_clip_gets_its_own_row(place, clips):
    rows = numbers(clips)
    found = read(place, clips, write(rows[::-1]))
    assert found.columns == ("f0", "pace")
    np.testing.assert_array_equal(found.values, np.array([row[1:] for row in rows], np.float32))
    assert found.notes == {}


def test_it_is_spelled_with_its_path_and_known_by_its_bytes(place, clips):
    write(numbers(clips))
    (place / "moved.csv").write_bytes((place / "feats.csv").read_bytes())
    made = FEATURE_SETS.make(parse("table[path=feats.csv,leave=pace]"))
    assert str(made) == "table[path=feats.csv,leave=pace]"
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # our own bytes
    assert made.identity == Table(path="moved.csv", leave="pace").identity != Table(path="feats.csv").identity
    before = Table(path="feats.csv").identity
    write(numbers(clips, seed=1))
    assert Table(path="feats.csv").identity != before


def test_nothing_is_stored_twice_and_a_changed_file_is_read_again(place, clips):
    table = write(numbers(clips))
    assert plan(clips, [table], *stores(place)).to_extract == {str(table): len(clips)}
    assert extract(clips, [table], *stores(place)).extracted == {str(table): len(clips)}
    assert plan(clips, [table], *stores(place)).to_extract == {str(table): 0}
    assert extract(clips, [table], *stores(place)).extracted == {str(table): 0}
    other = numbers(clips, seed=1)
    found = read(place, clips, write(other))
    assert found.values[5].tolist() == np.array(other[5][1:], np.float32).tolist()


def test_what_a_clip_is_called_decides_and_not_how_it_sounds(place, clips):
    """A recording that is given another name, or stands twice, never gets a row that was stored for the old name."""
    rows = numbers(clips)
    table = write(rows)
    first = read(place, clips, table)
    swapped = [*clips]
    swapped[0], swapped[1] = (
        Clip(clips[1].id, "s0", clips[0].path, {}),
        Clip(clips[0].id, "s0", clips[1].path, {}),
    )
    again = read(place, swapped, table)
    assert again.values[0].tolist() == first.values[1].tolist()
    twin = Clip(clips[3].id, "s0", clips[0].path, {})
    found = read(place, [clips[0], twin], table)
    np.testing.assert_array_equal(found.values, first.values[[0, 3]])


def test_missing_rows_and_empty_cells_are_missing_values_with_a_reason(place, clips):
    rows = numbers(clips)
    rows[2][1] = ""
    rows[4] = ["a stranger", 1, 2]
    table = write(rows)
    found = read(place, clips, table)
    assert np.argwhere(np.isnan(found.values)).tolist() == [[2, 0], [4, 0], [4, 1]]
    assert found.notes == {
        clips[2].id: "empty cells in feats.csv",
        clips[4].id: "feats.csv has no row for it",
    }
    assert extract(clips, [table], *stores(place)).strangers == {str(table): ("a stranger",)}


def test_files_can_be_joined_as_opensmile_writes_them(place, clips):
    header = ("file", "start", "end", "F0")
    rows = [[f"/elsewhere/{clip.path.name}", "0 days", "0 days 00:00:00.3", n**2] for n, clip in enumerate(clips)]
    write(rows, header=header)
    with pytest.raises(RequestError, match=r"start, end \('start' holds '0 days'\).*\[leave=start\|end\]"):
        extract(clips, [Table(path="feats.csv", file="file")], *stores(place))
    found = read(place, clips, Table(path="feats.csv", file="file", leave="start|end"))
    assert found.values.ravel().tolist() == [n**2 for n in range(len(clips))]


def test_a_table_of_another_corpus_fails_its_jobs_and_not_the_run(place, clips):
    table = write([["x", 1, 2]])
    found = extract(clips, [table], *stores(place))
    assert found.failure_of(table) == (
        "table[path=feats.csv] cannot be used: None of the 1 rows of 'feats.csv' belongs to one of the 36 clips: it has 'x', "
        f"and the corpus has {clips[0].id!r}. Name the right column: [id=COLUMN] for the ids of clips, [file=COLUMN] for their "
        "files."
    )
    assert found.keys_of(table) == found.keys


def test_a_table_of_the_same_names_in_another_folder_fails_its_jobs(place, clips):
    write([[f"elsewhere/{clip.path.name}", n * n] for n, clip in enumerate(clips)], header=("file", "F0"))
    table = Table(path="feats.csv", file="file")
    why = extract(clips, [table], *stores(place)).failure_of(table)
    assert f"it has 'elsewhere/{clips[0].path.name}', and the corpus has '{clips[0].path.parent.name}/" in why
    assert why.endswith("Where both name folders, these must agree, too.")


def test_a_wrong_table_stops_before_a_recording_is_read(place, clips, monkeypatch):
    monkeypatch.setattr(extraction, "_run", None)
    with pytest.raises(RequestError, match="cannot be read"):
        extract(clips, [Table(path="none.csv")], *stores(place))


@pytest.mark.parametrize("label", [float, lambda kss: f"kss {kss:g}"])
@pytest.mark.parametrize(
    "code", [lambda kss: kss, lambda kss: 10 - 3 * kss, lambda kss: [7, 1, 5, 3, 0, 2][[1, 2, 4, 6, 8, 9].index(kss)]]
)
def test_a_column_that_is_the_label_is_refused(place, clips, label, code):
    labelled = [Clip(clip.id, clip.speaker, clip.path, {"kss": label(clip.labels["kss"])}) for clip in clips]
    rows = [[*row[:2], code(clip.labels["kss"])] for row, clip in zip(numbers(clips), clips, strict=True)]
    with pytest.raises(
        RequestError, match=r"The column 'pace' of 'feats.csv' is the label 'kss' in other words.*\[leave=pace\]"
    ):
        extract(labelled, [write(rows)], *stores(place))
    assert read(place, labelled, Table(path="feats.csv", leave="pace")).columns == ("f0",)


def test_a_column_that_only_goes_with_the_label_is_none():
    labels = [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    close = np.array([1, 1, 2, 2, 3, 3.01])
    coarse = np.array([1, 1, 2, 2, 2, 2])
    fine = np.array([1, 1.5, 2, 2, 3, 3])
    still = np.ones(6)
    gone = np.array([1, 1, 2, np.nan, np.nan, np.nan])
    values = np.stack([close, coarse, fine, still, gone, 5 - close.round()], axis=1)
    assert tells(values, labels).tolist() == [False] * 5 + [True]
    assert tells(values, ["a", "a", "b", "b", "c", "c"]).tolist() == [False] * 5 + [True]
    assert not tells(np.arange(6.0)[:, None], list("abcdef")).any()
    assert tells(np.arange(6.0)[:, None], [2.0, 4.0, 6.0, 8.0, 10.0, 12.0]).all()


def test_empty_cells_do_not_hide_a_label():
    """A column is judged on the clips of which it has a value: at least 4, and at least half."""
    labels = [1.0, 2.0, 3.0, 4.0] * 4
    told = np.array(labels)
    gaps = [np.where(np.arange(16) < n, np.nan, told) for n in (1, 8, 9)]
    endless = np.where(np.arange(16) == 5, np.inf, 5 - told)
    other = np.where(np.arange(16) == 0, np.nan, np.arange(16) % 3)
    values = np.stack([*gaps, endless, other], axis=1)
    assert tells(values, labels).tolist() == [True, True, False, True, False]
    assert tells(values, [f"kss {label}" for label in labels]).tolist() == [True, True, False, True, False]
    assert not tells(np.array([[1], [1], [2], [np.nan]]), ["a", "a", "b", "b"]).any()


def test_a_column_that_is_the_label_but_for_an_empty_cell_is_refused(place, clips):
    rows = [[*row[:2], clip.labels["kss"]] for row, clip in zip(numbers(clips), clips, strict=True)]
    rows[3][2] = ""
    with pytest.raises(RequestError, match=r"The column 'pace' of 'feats.csv' is the label 'kss' in other words"):
        extract(clips, [write(rows)], *stores(place))


def test_it_hears_nothing(place, clips):
    with pytest.raises(Unheard, match="made elsewhere, and so has none of a new recording"):
        write(numbers(clips)).extract(Waveform(np.zeros(100, np.float32), 16_000))


def test_a_table_needs_a_path_and_one_way_to_be_joined():
    with pytest.raises(RequestError, match=r"table\[path=feats.csv\]"):
        Table()
    with pytest.raises(RequestError, match="asks to be joined by id and by file"):
        Table(path="x.csv", id="a", file="b")


def test_what_is_stored_is_listed_and_verified(place, clips):
    read(place, clips, write(numbers(clips)))
    store, _ = stores(place)
    (line,) = ls(store)
    assert (line.spelling, line.clips, line.status) == ("table[path=feats.csv]", 36, "current")
    assert verify(store)[0].problems == ()
    write(numbers(clips, seed=1))
    assert "since it changed" in ls(FeatureStore(place / "features"))[0].status


def test_it_is_extracted_beside_others(place, clips):
    table = write(numbers(clips))
    loudness = FEATURE_SETS.make(parse("loudness"))
    store, facts = stores(place)
    found = extract(clips, [loudness, table], store, facts, jobs=1)
    assert found.extracted == {"loudness": 36, str(table): 36}
    ids = [clip.id for clip in clips]
    assert store.table(loudness, ids, found.keys_of(loudness)).values.shape == (36, len(loudness.columns))
    with pytest.raises(BenchError, match="are not stored"):
        store.table(table, ids, found.keys)
