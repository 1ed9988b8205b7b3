"""Yardsticks: which are told on a board, and what keeps them from being compared."""

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from bench.corpora.yardstick import Published, published
from bench.runs.yardstick import make_yardsticks, yardsticks_of
from tests.runs.conftest import make_corpus, make_run

TOLD = {"target": "kss", "form": "score", "label": "a", "value": 0.3, "source": "Ann (2020)", "protocol": "loso"}
SAME = {**TOLD, "splitter": "loso", "n_clips": 36, "n_speakers": 6}


def record(**more):
    task = {"name": "tiny/kss/score", "form": "score", "track": "open", "metric": "spearman", "splitter": "loso"}
    return {**task, "target": {"name": "kss", "levels": []}, "n_clips": 36, "n_speakers": 6, **more}


def why(told, **more):
    (one,) = make_yardsticks(record(**more, yardsticks=[told]))
    return one.comparable


@pytest.mark.parametrize(
    ("told", "more", "expected"),
    [
        (SAME, {}, ""),
        ({**SAME, "n_clips": 1000}, {"n_clips": 992}, ""),  # a few recordings that cannot be used
        ({**SAME, "n_clips": 1000}, {"n_clips": 980}, "it has 1,000 clips, and 980 are here"),
        (SAME, {"n_speakers": 0}, "it has 6 speakers, and how many are here is not known"),
        (SAME, {"splitter": "grouped-6"}, "its folds are loso, and ours grouped-6"),
        (SAME, {"track": "speaker"}, "it is of the open track, and this board of the speaker track"),
        ({**SAME, "metric": "CCC"}, {}, "its value is CCC, and ours Spearman"),
        ({**SAME, "splitter": ""}, {}, "it is not known who was held out"),
        ({**TOLD, "splitter": "loso"}, {}, "it does not say how many clips it has"),
        ({**TOLD, "differs": "people listened"}, {}, "people listened"),
        (SAME, {"name": "tiny[part=song]/kss/score"}, "this board is of tiny[part=song], another choice of clips"),
        ({**SAME, "target": "mood", "beside": ["kss"]}, {}, "it is about mood, and this board is about kss"),
    ],
)
def test_each_difference_is_said(told, more, expected):
    assert why(told, **more) == expected


def test_levels_that_are_others_are_another_task():
    level = {
        "form": "level",
        "metric": "uar",
        "target": {"name": "proxy", "levels": ["a", "b", "c"]},
        "name": "tiny/proxy/level",
    }
    told = {**SAME, "form": "level", "n_levels": 8, "target": "emotion", "beside": ["proxy"]}
    assert why(told, **level) == "it tells 8 levels of emotion apart, and this board 3 of proxy"
    assert why({**told, "target": "proxy"}, **level) == "it tells 8 levels apart, and this board 3"
    assert why({**told, "target": "proxy", "n_levels": 3}, **level) == ""


def test_those_that_can_be_compared_come_first_each_group_highest_first():
    told = [
        {**TOLD, "value": v, "differs": d} if d else {**SAME, "value": v}
        for v, d in ((0.9, "x"), (0.2, ""), (0.95, "x"), (0.4, ""))
    ]
    assert [one.value for one in make_yardsticks(record(yardsticks=told))] == [0.4, 0.2, 0.95, 0.9]


def test_a_number_that_nobody_saw_in_its_source_says_so():
    texts = [
        make_yardsticks(record(yardsticks=[{**SAME, **more}]))[0].source
        for more in ({}, {"reported_by": "Bob"}, {"checked": True})
    ]
    assert texts == ["Ann (2020); not re-checked", "Ann (2020), as reported by Bob, not re-checked", "Ann (2020)"]


def test_a_ledger_of_an_older_version_has_none():
    assert make_yardsticks(record()) == ()


def test_a_task_records_those_of_its_own_corpus_for_its_target_and_form():
    own = (Published(**SAME), Published(**{**SAME, "form": "level"}), Published(**{**SAME, "target": "mood"}))
    task = make_run(corpus=replace(make_corpus(), yardsticks=own)).task
    kept = yardsticks_of(task)
    assert json.loads(json.dumps(kept)) == kept == [SAME]
    assert make_yardsticks(record(yardsticks=kept))[0].comparable == ""


def test_several_corpora_at_once_have_none():
    sleep = make_run(corpus=replace(make_corpus(), name="sleep", yardsticks=published("sleep"))).task
    assert {one["value"] for one in yardsticks_of(sleep)} == {0.343, 0.387, 0.369, 0.367, 0.72}
    assert yardsticks_of(make_run().task) == []
    pool = replace(sleep, corpus=replace(sleep.corpus, name="sleep:slc"))
    assert yardsticks_of(pool) == []


def test_what_was_not_seen_in_the_source_names_where_it_was_seen_or_that_it_was_not():
    known = [one for name in ("sleep", "slc", "ravdess", "iemocap", "emodb", "tess", "emovdb") for one in published(name)]
    assert len(known) >= 20
    for one in known:
        assert one.checked or "not re-checked" in one.cited
        assert one.differs or one.splitter, one.label  # else nothing could ever say why it differs
        assert not (one.checked and one.reported_by)


def test_per_cent_is_refused():
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        Published(**{**TOLD, "value": 57.0})
