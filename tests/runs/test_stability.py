"""The order of rows under other readings of the label, held against scikit-learn and scipy on the same predictions."""

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import recall_score

from bench.corpora.corpus import Target
from bench.runs.prediction import Predictions
from bench.runs.row import Row, Value
from bench.runs.stability import make_stability, spelled

OWN = Target("proxy", "proxy", "One.", ("low", "high"), (0, 1), cuts=(0.5,))
OTHER = Target("proxy-b", "proxy", "Another.", ("low", "high"), (0, 1), cuts=(0.5,), variant_of="proxy")


def setting(form, seed=0, n_rows=6):
    rng = np.random.default_rng(seed)
    ids = tuple(f"c{n}" for n in range(60))
    own, other = rng.random(60).round(2), rng.random(60).round(2)
    truth = (own >= 0.5).astype(float) if form == "level" else own
    predictions, rows = {}, []
    for n in range(n_rows):
        mixed = own * (n_rows - n) + other * n + rng.normal(0, 1, 60)
        guess = (mixed > np.median(mixed)).astype(float) if form == "level" else mixed
        predictions[f"j{n}"] = Predictions(ids, ("a",) * 30 + ("b",) * 30, ("1",) * 60, truth, guess)
        metric = "uar" if form == "level" else "spearman"
        value = recall_score(truth, guess, average="macro") if form == "level" else spearmanr(truth, guess).statistic
        rows.append(Row(f"j{n}", f"set{n}", "", "linear", 0, "done", metrics={metric: Value(value)}))
    rows.sort(key=lambda row: -row.metrics[metric].value)
    record = {
        "form": form,
        "metric": metric,
        "target": OWN.as_json(),
        "variants": {"clips": ids[::-1], "targets": [OTHER.as_json()], "labels": [other[::-1].tolist()]},
    }
    return record, rows, predictions, other


@pytest.mark.parametrize("form", ["score", "level"])
def test_values_under_a_variant(form):
    record, rows, predictions, other = setting(form)
    found = make_stability(record, rows, predictions)
    truth = (other >= 0.5).astype(float) if form == "level" else other

    def value(guess):
        return recall_score(truth, guess, average="macro") if form == "level" else spearmanr(truth, guess).statistic

    values = [value(predictions[row.fingerprint].guess) for row in rows]
    (variant,) = found.variants
    assert variant.target == "proxy-b"
    assert variant.tau == pytest.approx(kendalltau([row.metrics[record["metric"]].value for row in rows], values).statistic)
    assert variant.tau < 0.5  # rows that follow the one label do not follow the other
    assert variant.first == spelled(rows[int(np.argmax(values))])
    assert variant.agreement == pytest.approx(spearmanr(predictions["j0"].truth, truth).statistic)
    assert found.first == spelled(rows[0])
    assert found.held == 1 + (variant.first == found.first)


def test_baselines_and_failures_do_not_count():
    record, rows, predictions, _ = setting("score")
    control = Row("j0", "duration", "", "linear", 0, "done", metrics=rows[0].metrics, baseline="duration")
    failed = Row("x", "broken", "", "svm", 0, "failed", error="It broke.")
    assert make_stability(record, [control, *rows, failed], predictions) == make_stability(record, rows, predictions)
    assert make_stability(record, [control, failed], predictions) is None


def test_without_variants_there_is_none():
    record, rows, predictions, _ = setting("score")
    assert make_stability({**record, "variants": {}}, rows, predictions) is None
    assert make_stability({key: value for key, value in record.items() if key != "variants"}, rows, predictions) is None


@pytest.mark.parametrize("form", ["score", "level"])
def test_clips_without_the_variant_do_not_change_the_order(form):
    # The variant is the label itself on half of the clips: whatever the other half does, no rank changes.
    record, rows, predictions, _ = setting(form, seed=4)
    clips = record["variants"]["clips"][::2]
    own = dict(zip(predictions["j0"].clip_ids, predictions["j0"].truth, strict=True))
    variants = {"clips": clips, "targets": [OTHER.as_json()], "labels": [[float(own[clip]) for clip in clips]]}
    found = make_stability({**record, "variants": variants}, rows, predictions)
    assert found.variants[0].tau == pytest.approx(1)


def test_one_row_has_no_order():
    record, rows, predictions, _ = setting("score")
    found = make_stability(record, rows[:1], predictions)
    assert np.isnan(found.variants[0].tau)
    assert found.held == 2
