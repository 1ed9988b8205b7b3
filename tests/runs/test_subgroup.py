"""Subgroups, held against a bootstrap that copies the clips of drawn speakers one by one."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bench.metrics.interval import speaker_draws
from bench.runs.prediction import Predictions
from bench.runs.row import Row, Value
from bench.runs.subgroup import gap_findings, groups_of, make_subgroups, with_subgroups
from tests.runs.conftest import KSS, make_corpus, make_run

SCORES = (1.0, 2.0, 4.0, 5.0, 8.0, 9.0) * 2


def corpus_with(describe, n_speakers=12, scores=SCORES):
    """A corpus whose clips have what `describe` gives from the number of the speaker and of the clip."""
    corpus = make_corpus(n_speakers, scores=scores)
    clips = [replace(clip, **describe(n // len(scores), n % len(scores))) for n, clip in enumerate(corpus.clips)]
    return replace(corpus, clips=tuple(clips))


def task_of(describe, form="score", **more):
    return make_run(form, corpus=corpus_with(describe, **more)).task


def record_of(task, **more):
    metric = {"score": "spearman", "level": "uar"}[task.form]
    known = {
        "form": task.form,
        "metric": metric,
        "target": KSS.as_json(),
        "speakers_known": True,
        "n_folds": 1,
        "n_speakers": 0,
        "groups": groups_of(task),
    }
    return json.loads(json.dumps({**known, **more}))


def predicted(task, noise=2.0, seed=0):
    truth = task.y().astype(float)
    rng = np.random.default_rng(seed)
    guess = truth + noise * rng.normal(size=len(truth))
    if task.form == "level":
        guess = np.where(rng.random(len(truth)) < 0.5, truth, rng.integers(0, 3, len(truth))).astype(float)
    speakers = tuple(task.speakers().tolist())
    return Predictions(task.clip_ids, speakers, speakers, truth, guess)


def value_of(form, truth, guess):
    if form == "level":
        return np.mean([np.mean(guess[truth == level] == level) for level in np.unique(truth)])
    return stats.spearmanr(truth, guess).statistic


def drawn_by_hand(form, given, chosen, weights, names):
    """The value of the chosen clips in each draw, from copies of the clips of the speakers that were drawn."""
    values = []
    for draw in weights:
        rows = [
            i
            for name, n in zip(names, draw, strict=True)
            for i in np.flatnonzero(chosen & (np.array(given.speakers) == name)).tolist() * n
        ]
        values.append(value_of(form, given.truth[rows], given.guess[rows]))
    return np.array(values)


def bounds(values, n, level=0.95):
    t = stats.t.ppf(0.5 + level / 2, n - 1)
    tail = stats.norm.cdf(-math.sqrt(n / (n - 1)) * t)
    return np.quantile(values, [tail, 1 - tail])


@pytest.fixture
def two_hundred(monkeypatch):
    """So few draws can be made by hand, one clip at a time."""
    for place in ("bench.runs.subgroup", "bench.metrics.interval"):
        monkeypatch.setattr(f"{place}.enough_draws", lambda n: 200)


@pytest.mark.parametrize("form", ["score", "level"])
def test_groups_of_other_speakers_are_drawn_apart(form, two_hundred):
    task = task_of(lambda speaker, clip: {"traits": {"sex": "f" if speaker < 5 else "m"}}, form)
    given = predicted(task)
    (found,) = make_subgroups(record_of(task), given)
    names = {"f": [f"s{n}" for n in range(5)], "m": sorted(f"s{n}" for n in range(5, 12))}
    draws = {}
    for seed, (group, speakers) in enumerate(names.items()):
        chosen = np.isin(given.speakers, speakers)
        draws[group] = drawn_by_hand(form, given, chosen, speaker_draws(len(speakers), 200, seed), speakers)
        low, high = bounds(draws[group], len(speakers))
        assert found.values[group].value == pytest.approx(value_of(form, given.truth[chosen], given.guess[chosen]))
        assert (found.values[group].low, found.values[group].high) == pytest.approx((low, high), abs=1e-9)
    assert (found.trait, found.n_clips) == ("sex", {"f": 60, "m": 84})
    best, worst = sorted(names, key=lambda group: -found.values[group].value)
    low, high = bounds(draws[best] - draws[worst], 5)  # the smaller group says how wide
    assert found.gap.value == pytest.approx(found.values[best].value - found.values[worst].value)
    assert (found.gap.low, found.gap.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize("form", ["score", "level"])
def test_groups_of_the_same_speakers_are_drawn_together(form, two_hundred):
    task = task_of(lambda speaker, clip: {"text": "kids" if clip < 6 else "dogs"}, form)
    given = predicted(task)
    (found,) = make_subgroups(record_of(task), given)
    texts = np.array(["kids" if n % 12 < 6 else "dogs" for n in range(144)])
    names = sorted(set(given.speakers))
    draws = {text: drawn_by_hand(form, given, texts == text, speaker_draws(12, 200), names) for text in ("kids", "dogs")}
    for text, values in draws.items():
        assert (found.values[text].low, found.values[text].high) == pytest.approx(tuple(bounds(values, 12)), abs=1e-9)
    best, worst = sorted(draws, key=lambda text: -found.values[text].value)
    assert (found.gap.low, found.gap.high) == pytest.approx(tuple(bounds(draws[best] - draws[worst], 12)), abs=1e-9)
    assert found.apart is bool(found.gap.low > 0)  # one pair of groups in all


def test_a_gap_that_was_planted_is_a_finding_and_one_by_chance_is_none():
    task = task_of(lambda speaker, clip: {"text": "kids" if clip < 6 else "dogs", "session": str(clip % 2)})
    given = predicted(task, noise=3.0)
    kids = np.array([n % 12 < 6 for n in range(144)])
    given = replace(given, guess=np.where(kids, given.truth, given.guess))
    session, text = make_subgroups(record_of(task), given)
    assert (session.trait, session.apart) == ("session", False)
    assert (text.trait, text.apart) == ("text", True)
    (finding,) = gap_findings((session, text), "Spearman")
    assert finding.code == "FB020"
    assert finding.message.startswith("By text, Spearman is 1.000 (kids) and 0.")


def test_more_traits_ask_more_of_a_gap(two_hundred):
    task = task_of(lambda speaker, clip: {"text": "kids" if clip < 6 else "dogs"})
    kids = np.array([n % 12 < 6 for n in range(144)])
    record = record_of(task)
    many = {**record, "groups": {f"text-{n}": record["groups"]["text"] for n in range(9)}}
    seen = set()
    for seed in range(12):
        given = predicted(task, noise=3.0, seed=seed)
        given = replace(given, guess=np.where(kids, given.truth + 0.6 * (given.guess - given.truth), given.guess))
        alone, among = make_subgroups(record, given)[0], make_subgroups(many, given)[0]
        assert (alone.gap, alone.values) == (among.gap, among.values)
        seen.add((alone.apart, among.apart))
    assert (True, False) in seen
    assert (False, True) not in seen


def test_few_speakers_give_a_value_without_an_interval():
    task = task_of(lambda speaker, clip: {"traits": {"sex": "f" if speaker < 4 else "m"}})
    (found,) = make_subgroups(record_of(task), predicted(task))
    assert found.values["f"].low is None
    assert found.values["m"].low is not None
    assert found.gap.value > 0
    assert found.gap.low is None
    assert not found.apart


def test_unknown_speakers_give_values_without_intervals():
    task = task_of(lambda speaker, clip: {"text": str(clip % 2)})
    (found,) = make_subgroups(record_of(task, speakers_known=False), predicted(task))
    assert all(value.low is None and math.isfinite(value.value) for value in found.values.values())


def test_a_group_without_all_levels_has_no_value():
    """Otherwise it would be compared on an easier question."""
    tasks = "aaaaaabbbbbc"  # of the twelve clips of a speaker, c is a sleepy one only
    task = task_of(lambda speaker, clip: {"traits": {"task": tasks[clip]}}, "level")
    (found,) = make_subgroups(record_of(task), predicted(task))
    assert {name: math.isfinite(value.value) for name, value in found.values.items()} == {"a": True, "b": True, "c": False}
    assert found.n_clips["c"] == 12


@pytest.mark.parametrize(
    ("describe", "expected"),
    [
        (lambda s, c: {"traits": {"sex": "f"}}, {}),
        (lambda s, c: {"traits": {"name": f"n{s}"}}, {}),  # the speaker by another name
        (lambda s, c: {"text": f"t{c}"}, {}),  # one label each: nothing to tell apart
        (lambda s, c: {"traits": {"emotion": "sad" if c % 6 < 3 else "glad"}}, {"emotion": ["glad", "sad"]}),
        (lambda s, c: {"session": f"{s % 2}"}, {"session": ["0", "1"]}),
        (lambda s, c: {"traits": {"ward": "" if s else "a", "city": "ab"[s % 2]}}, {"city": ["a", "b"]}),
        (lambda s, c: {"traits": {"age": str((20, 30, 41)[s % 3])}}, {"age": ["20", "30", "41"]}),
        (lambda s, c: {"traits": {"age": str(20 + s)}}, {"age": ["over 25", "up to 25"]}),
        (
            lambda s, c: {"traits": {"age": "20" if s < 10 else str(20 + s)} if s else {"age": str(61)}},
            {"age": ["20", "30", "31", "61"]},
        ),
        (lambda s, c: {"traits": {"place": f"p{s % 13}{c % 2}"}}, {}),  # more than 12
    ],
)
def test_which_traits_are_groups(describe, expected):
    assert {trait: said["groups"] for trait, said in groups_of(task_of(describe)).items()} == expected


def test_in_the_level_form_a_trait_needs_two_groups_with_every_level():
    emotion = {"traits": {"emotion": "sad"}}, {"traits": {"emotion": "glad"}}
    assert groups_of(task_of(lambda s, c: emotion[c % 6 < 3], "level")) == {}
    assert set(groups_of(task_of(lambda s, c: emotion[c < 6], "level"))) == {"emotion"}


def test_codes_follow_the_tested_clips_and_say_where_nothing_is_known():
    task = task_of(lambda s, c: {"traits": {"sex": "fm"[s % 2]} if s else {}})
    said = groups_of(task)["sex"]
    assert said["codes"] == "." * 12 + "".join("01"[s % 2] * 12 for s in range(1, 12))
    (found,) = make_subgroups(record_of(task), predicted(task))
    assert sum(found.n_clips.values()) == 11 * 12


def test_other_clips_than_those_of_the_record_are_refused():
    task, other = (task_of(lambda s, c: {"text": str(c % 2)}, n_speakers=n) for n in (12, 6))
    with pytest.raises(ValueError, match="144 clips have a group, and 72 were predicted"):
        make_subgroups(record_of(task), predicted(other))


def test_ledgers_of_older_versions_have_no_groups():
    task = task_of(lambda s, c: {"text": str(c % 2)})
    record = record_of(task)
    del record["groups"]
    assert make_subgroups(record, predicted(task)) == ()


def test_of_a_sweep_the_best_layer_has_them_and_a_baseline_only_in_the_first_tier():
    task = task_of(lambda s, c: {"text": str(c % 2)})
    given = predicted(task)

    def row(name, layer="", **more):
        metrics = {"spearman": Value(0.5)}
        return Row(f"{name}{layer}", name, layer, "linear", 0, "done", metrics=metrics, **more)

    rows = [
        row("a", "1", tier=1),
        row("a", "2", tier=2),
        row("a", "0-3", tier=2),
        row("b", "7", tier=2),
        row("c", "best", tier=2),
        row("duration", baseline="duration", tier=2),
        row("loudness", baseline="loudness", tier=1),
        row("permuted", baseline="permuted"),
        replace(row("broken"), status="failed"),
    ]
    made = with_subgroups(rows, record_of(task), {one.fingerprint: given for one in rows})
    assert [bool(one.subgroups) for one in made] == [True, False, False, True, True, False, True, False, False]
