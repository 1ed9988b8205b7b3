import csv

import numpy as np
import pytest

import bench
from bench.base.error import RequestError
from bench.features.extraction import Extraction
from bench.features.feature_set import ABSENT
from bench.runs.mismatch import mismatch_findings, write_mismatches
from bench.runs.rating import rate
from bench.views.terminal import render_terminal
from tests.conftest import write_recordings

TABLE = "table[path=feats.csv]"


def extraction(strangers=(), **keys):
    return Extraction({}, {}, 0, {}, (), {TABLE: keys}, {TABLE: strangers} if strangers else {})


def test_rows_that_are_no_clip_of_any_corpus_are_told():
    found = mismatch_findings(
        {"one": extraction(("x", "b1", "y", "z", "w"), a1="1"), "other": extraction(("a1", *"xyzw"), b1="2")}
    )
    assert found == {
        TABLE: (
            (
                "FB022",
                f"4 rows of {TABLE} belong to no clip ('x', 'y', 'z', ...); unmatched.csv, beside the board, lists every "
                "mismatch.",
            ),
        )
    }
    assert mismatch_findings({"one": extraction(("b1",), a1="1"), "other": extraction(("a1",), b1="2")}) == {}


def test_a_row_for_clips_of_two_corpora_is_refused():
    with pytest.raises(RequestError, match=r"'a1' of 'one' and 'b1' of 'other' \(1 in all\)"):
        mismatch_findings({"one": extraction(a1="1", a2=ABSENT), "other": extraction(b1="1", b2=ABSENT)})
    assert mismatch_findings({"one": extraction(a1="1", a2=ABSENT), "other": extraction(b1="2", b2=ABSENT)}) == {}


def test_every_mismatch_is_written(tmp_path):
    extractions = {"one": extraction(("x", "y,z"), a1="1", a2=ABSENT), "one+other": extraction(a2=ABSENT)}
    write_mismatches(tmp_path / "reports", extractions)
    with (tmp_path / "reports" / "unmatched.csv").open(newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["feature_set", "corpus", "what", "name"],
            [TABLE, "one", "a clip without a row", "a2"],
            [TABLE, "one", "a row without a clip", "x"],
            [TABLE, "one", "a row without a clip", "y,z"],
        ]
    write_mismatches(tmp_path / "none", {"one": Extraction({}, {}, 0, {}, ())})
    assert not (tmp_path / "none").exists()


@pytest.fixture
def rows(recordings, tmp_path, monkeypatch):
    """Rows of a table that knows the label but for a little noise, for the corpus of `recordings`."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    clips = bench.read_corpus("folder", recordings.folder).clips
    return [[clip.id, round(clip.labels["kss"] + rng.normal(0, 0.3), 4), rng.integers(9)] for clip in clips]


def write(rows):
    with open("feats.csv", "w", newline="") as stream:
        csv.writer(stream).writerows([("clip_id", "told", "noise"), *rows])


def run(recordings, **changes):
    given = {"corpora": {"folder": recordings.folder}, "tasks": ["tiny/kss/score"], "features": [TABLE], "models": ["linear"]}
    return bench.run(**{**given, "cache": "cache", "reports": "reports", "jobs": 1, **changes})


def rows_of(board):
    return [row for task in board.tasks for row in task.rows if not row.baseline]


def test_a_run_joins_a_table_and_says_what_did_not_fit(recordings, rows, tmp_path):
    write([*rows[1:], ["nobody", 3, 3]])
    board = run(recordings)
    (row,) = rows_of(board)
    assert row.feature_set == TABLE
    assert row.metrics["spearman"].value > 0.9
    assert TABLE in board.command
    assert [finding.code for finding in row.findings if finding.code in ("FB011", "FB022")] == ["FB011", "FB022"]
    assert f"in 1 of 36 clips (for instance clip {rows[0][0]!r}: feats.csv has no row for it)" in row.findings[0].message
    assert "lacks 2.8% of its values" in row.findings[0].message  # 2 of 72
    said = " ".join(render_terminal(board).split())
    assert said.count(" FB011 ") == said.count(" FB022 ") == 1
    for finding in row.findings[:2]:
        assert finding.message in said
    assert "unmatched.csv, beside the board, lists the clips without a row" in said
    listed = (tmp_path / "reports" / "unmatched.csv").read_text().splitlines()
    assert listed[1:] == [f"{TABLE},tiny,a clip without a row,{rows[0][0]}", f"{TABLE},tiny,a row without a clip,nobody"]
    with pytest.raises(RequestError, match=r"The row reads table\[path=feats.csv\], whose features were made elsewhere"):
        rate([recordings.folder / "s0_1.wav"], jobs=1)
    same = rows_of(run(recordings))[0]
    assert (same.fingerprint, same.metrics) == (row.fingerprint, row.metrics)
    write(rows)
    again = rows_of(run(recordings))[0]
    assert again.fingerprint != row.fingerprint
    assert not {"FB011", "FB022"} & {finding.code for finding in again.findings}


def test_more_than_5_percent_missing_fails_the_row(recordings, rows):
    write(rows[2:])
    (row,) = rows_of(run(recordings))
    assert row.status == "failed"
    assert "6% of the values of table[path=feats.csv] are missing" in row.error
    assert f"clip {rows[0][0]!r}: feats.csv has no row for it" in row.error


def test_two_corpora_with_the_same_clip_ids_are_told_apart_or_refused(recordings, rows, tmp_path):
    second = write_recordings(tmp_path / "second", seed=1).folder
    (second / "corpus.toml").write_text((second / "corpus.toml").read_text().replace('"tiny"', '"second"'))
    write(rows)
    both = {"corpora": {"tiny": recordings.folder, "second": second}, "tasks": ["tiny/kss/score", "second/kss/score"]}
    with pytest.raises(RequestError, match="would give one row to two clips, 's0_1' of 'tiny' and 's0_1' of 'second'"):
        run(recordings, **both)
