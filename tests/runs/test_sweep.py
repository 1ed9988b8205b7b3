"""From rows made by hand to what a board holds of the layers of each encoder."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from bench.runs.layer import Compared
from bench.runs.row import Coverage, Row, Value
from bench.runs.sweep import make_layer_boards, points_of

NOTHING = Compared({}, 8, lambda pairs: None)


def row(feature_set, layer, model="linear", value=0.5, **more):
    name = f"{feature_set}@{layer} {model}"
    status = more.pop("status", "done")
    metrics = {"uar": Value(value)} if status == "done" else {}
    return Row(name, feature_set, layer, model, 0, status, metrics=metrics, by_speaker=dict.fromkeys("abcdefgh", 0.5), **more)


def curve(feature_set, values, model="linear", **more):
    return [row(feature_set, str(layer), model, value, **more) for layer, value in enumerate(values)]


def boards(rows, beats=(), draws=None, mutual=0):
    def judge(pairs):
        assert len(pairs) == len({frozenset(pair) for pair in pairs})
        return frozenset(pair for pair in beats if pair in pairs or pair[::-1] in pairs)

    return make_layer_boards(rows, "uar", Compared(draws or {}, mutual, judge))


def test_three_layers_make_a_curve_and_two_do_not():
    (board,) = boards([*curve("mine", [0.4, 0.6, 0.5]), *curve("other", [0.4, 0.6])])
    (sweep,) = board.sweeps
    assert (board.encoder, board.trained, board.compared, sweep.n_pairs) == ("mine", True, True, 3)
    assert sweep.points == ((0, Value(0.4)), (1, Value(0.6)), (2, Value(0.5)))
    assert (sweep.pooling, sweep.chosen, sweep.rivals, board.layers) == ("", (), (), (0, 1, 2))


def test_poolings_are_one_encoder_and_the_one_with_most_beside_it_comes_first():
    rows = [
        *curve("x[pooling=max,size=big]", [0.5] * 3),
        *curve("x[size=big]", [0.5] * 4),
        *curve("x[size=big]", [0.5] * 4, "svm"),
        *curve("x[pooling=std,size=big]", [0.5] * 3),
    ]
    (board,) = boards(rows)
    assert board.encoder == "x[size=big]"
    assert [(sweep.pooling, sweep.model) for sweep in board.sweeps] == [
        ("mean", "linear"),
        ("mean", "svm"),
        ("max", "linear"),
        ("std", "linear"),
    ]
    assert [sweep.model for sweep in board.main] == ["linear", "svm"]
    assert board.layers == (0, 1, 2, 3)
    rows = [*curve("x[pooling=max]", [0.5] * 3), *curve("x[pooling=std]", [0.5] * 3), row("x[pooling=std]", "best")]
    assert [sweep.pooling for sweep in boards(rows)[0].sweeps] == ["std", "max"]


def test_views_of_all_layers_stand_in_order_with_who_beats_whom():
    own = curve("x", [0.4, 0.5, 0.6])
    more = [row("x", layer) for layer in ("without-10", "mean", "0-2", "without-2", "best", "0-1")]
    beats = {
        ("x@2 linear", "x@0 linear"),
        ("x@mean linear", "x@0-1 linear"),
        ("x@2 linear", "egemaps@ linear"),
        ("x@2 svm", "x@0 linear"),
    }
    (board,) = boards([*more, *own], beats)
    (sweep,) = board.sweeps
    assert list(sweep.values) == ["0", "1", "2", "0-1", "0-2", "without-2", "without-10", "best", "mean"]
    assert sweep.beats == (("2", "0"), ("mean", "0-1"))


def test_the_highest_less_the_lowest_has_the_paired_interval():
    rng = np.random.default_rng(0)
    draws = {f"x@{layer} linear": rng.normal(value, 0.1, 2000) for layer, value in enumerate((0.4, 0.7, 0.5))}
    (board,) = boards(curve("x", [0.4, 0.7, 0.5]), draws=draws)
    tail = stats.norm.cdf(-math.sqrt(8 / 7) * stats.t.ppf(0.975, 7))  # Hesterberg (2015)
    low, high = np.quantile(draws["x@1 linear"] - draws["x@0 linear"], [tail, 1 - tail])
    gap = board.sweeps[0].widest
    assert gap.value == pytest.approx(0.3)
    assert (gap.low, gap.high) == pytest.approx((low, high))
    assert boards(curve("x", [0.4, 0.7, 0.5]))[0].sweeps[0].widest == Value(pytest.approx(0.3))


def test_an_untrained_encoder_of_the_same_depth_is_the_control():
    rows = [
        *curve("wav2vec2[checkpoint=me]", [0.6, 0.7, 0.8]),
        *curve("wav2vec2[pooling=max,checkpoint=me]", [0.6, 0.7, 0.8]),
        *curve("untrained", [0.4, 0.5, 0.6]),
        *curve("untrained", [0.4, 0.5, 0.6], "svm"),
        *curve("untrained[size=base]", [0.5] * 4),
    ]
    beats = {
        ("wav2vec2[checkpoint=me]@1 linear", "untrained@1 linear"),
        ("untrained@2 linear", "wav2vec2[checkpoint=me]@2 linear"),
    }
    deeper, trained = boards(rows, beats)
    assert (deeper.encoder, deeper.trained, trained.encoder, trained.trained) == (
        "untrained[size=base]",
        False,
        "wav2vec2[checkpoint=me]",
        True,
    )
    usual, other = trained.sweeps
    control = usual.rival("control")
    assert (control.feature_set, control.model, control.won, control.lost) == ("untrained", "linear", (1,), (2,))
    assert dict(control.values) == {"0": Value(0.4), "1": Value(0.5), "2": Value(0.6)}
    assert other.pooling == "max"
    assert other.rival("control") is None


def test_of_two_controls_the_one_that_is_like_the_checkpoint_is_taken():
    rows = [
        *curve("wav2vec2[checkpoint=me]", [0.6] * 3),
        *curve("untrained", [0.4] * 3),
        *curve("untrained[like=me]", [0.5] * 3),
    ]
    board = next(one for one in boards(rows) if one.trained)
    assert board.sweeps[0].rival("control").feature_set == "untrained[like=me]"


def test_of_an_untrained_encoder_the_next_seed_is_the_control():
    rows = [
        *curve("untrained[size=base,seed=10]", [0.4] * 3),
        *curve("untrained[size=base]", [0.5] * 3),
        *curve("untrained[size=base,seed=2]", [0.6] * 3),
    ]
    first, last = boards(rows)
    assert (first.encoder, first.sweeps[0].rival("control").feature_set) == (
        "untrained[size=base]",
        "untrained[size=base,seed=2]",
    )
    assert (last.encoder, last.sweeps[0].rival("control")) == ("untrained[size=base,seed=10]", None)


def test_what_a_curve_is_held_against():
    rows = [
        *curve("x", [0.4, 0.5, 0.6]),
        *curve("x", [0.4, 0.5, 0.6], "svm"),
        *curve("x[pooling=max]", [0.3, 0.5, 0.6]),
        row("x", "weighted", "head", 0.7),
        row("egemaps[level=-26]", "", "linear", 0.55),
        row("egemaps+timing", "", "linear", 0.9),
        row("egemaps", "", "svm", 0.56),
        row("duration", "", "linear", 0.2, baseline="duration"),
    ]
    beats = {
        ("x@2 linear", "egemaps[level=-26]@ linear"),
        ("egemaps[level=-26]@ linear", "x@0 linear"),
        ("x@weighted head", "x@1 linear"),
        ("x@0 linear", "x[pooling=max]@0 linear"),
        ("x@1 linear", "x[pooling=max]@0 linear"),
    }
    (board,) = boards(rows, beats)
    linear, svm, pooled = board.sweeps
    found = {rival.kind: (rival.feature_set, rival.model, rival.won, rival.lost) for rival in linear.rivals}
    assert found == {
        "reference": ("egemaps[level=-26]", "linear", (2,), (0,)),
        "weighted": ("x", "head", (), (1,)),
        "pooling": ("x[pooling=max]", "linear", (0,), ()),
    }
    assert svm.rival("reference").feature_set == "egemaps"
    assert svm.rival("reference").values == {"": Value(0.56)}
    assert svm.rival("pooling") is None
    assert pooled.rival("pooling").lost == (0,)


def test_an_untrained_encoder_of_another_shape_is_no_control():
    trained = curve("wav2vec2[checkpoint=me]", [0.6] * 3, n_columns=768)
    for other in (
        curve("untrained", [0.4] * 3, n_columns=96),
        curve("untrained[like=m]", [0.4] * 3, n_columns=96),
        curve("untrained[size=base]", [0.4] * 4, n_columns=768),
    ):
        board = next(one for one in boards([*trained, *other]) if one.trained)
        assert board.sweeps[0].rival("control") is None
        assert board.failed_control == ""
    foreign = boards([*curve("mine", [0.6] * 3, n_columns=96), *curve("untrained", [0.4] * 3, n_columns=96)])
    assert [one.sweeps[0].rival("control") for one in foreign] == [None, None]
    pooled = curve("untrained[pooling=mean_std,size=base]", [0.4] * 3, n_columns=1536)
    both = [*pooled, *curve("untrained[size=base]", [0.4] * 3, n_columns=768)]
    (board,) = boards([*trained, *both])
    assert board.sweeps[0].rival("control").feature_set == "untrained[size=base]"


def test_a_control_that_failed_is_told_from_one_that_was_not_run():
    trained = curve("wav2vec2", [0.6] * 4, n_columns=768)
    failed = [row("untrained[size=base]", str(layer), status="failed") for layer in range(4)]
    (board,) = boards([*trained, *failed])
    assert (board.sweeps[0].rival("control"), board.failed_control) == (None, "untrained[size=base]")
    like = [row("untrained[like=facebook/wav2vec2-base]", "0", status="failed")]
    assert boards([*trained, *like])[0].failed_control == "untrained[like=facebook/wav2vec2-base]"
    assert boards([*trained, *failed[:2]])[0].failed_control == ""
    partly = [*curve("untrained[size=base]", [0.4] * 3, n_columns=768), failed[3]]
    assert dict(boards([*trained, *partly])[0].sweeps[0].rival("control").values).keys() == {"0", "1", "2"}


def folds(*tuned, layer=0):
    return tuple({"fold": str(n), "layer": layer, "parameters": {}, "tuned": value} for n, value in enumerate(tuned))


def test_folds_where_nothing_was_tuned_chose_no_layer():
    best = row("x", "best", chosen=folds(None, None, None))
    (board,) = boards([*curve("x", [0.5] * 3, chosen=folds(None, None, None)), best])
    assert (board.sweeps[0].chosen, board.sweeps[0].unchosen) == ((), 3)
    singles = [row("x", "0", chosen=folds(None, 0.4, None)), *curve("x", [0.5] * 3)[1:]]
    (board,) = boards([*singles, best, row("egemaps", "", chosen=folds(0.5, 0.5, 0.5))])
    assert (board.sweeps[0].chosen, board.sweeps[0].unchosen) == ((0,), 2)


def test_a_model_without_a_grid_leaves_it_to_others_to_say_whether_a_layer_was_chosen():
    own = [*curve("x", [0.5] * 3, "head"), row("x", "best", "head", chosen=folds(None, None, layer=2))]
    chooser = curve("x", [0.5] * 3, chosen=folds(0.5, 0.6))
    for more in (chooser, [row("egemaps", "", "svm", chosen=folds(0.5, 0.6))]):
        sweep = next(one for one in boards([*own, *more])[0].sweeps if one.model == "head")
        assert (sweep.chosen, sweep.unchosen) == ((2, 2), 0)
    crossed = dataclasses.replace(own[-1], coverage=Coverage(0.8, Value(0.8), {}, 1.0, True))
    assert boards([*own[:-1], crossed])[0].sweeps[0].chosen == (2, 2)
    assert boards(own)[0].sweeps[0].unchosen == 2


def test_choices_and_weights_come_from_the_folds():
    chosen = tuple({"fold": str(n), "layer": layer, "parameters": {}, "tuned": 0.5} for n, layer in enumerate((2, 2, 0)))
    weighed = tuple({"fold": str(n), "layer": None, "layer_weights": [0.2, 0.3, 0.5]} for n in range(2))
    rows = [
        *curve("x", [0.5] * 3, chosen=chosen),
        row("x", "best", chosen=chosen),
        row("x", "weighted", "head", chosen=weighed),
    ]
    (board,) = boards(rows)
    assert board.sweeps[0].chosen == (2, 2, 0)
    assert (board.weights, board.weighing) == (((0.2, 0.3, 0.5),) * 2, "head")
    assert "weighted" not in board.sweeps[0].values


def test_failed_rows_of_the_encoder_are_counted_and_what_is_not_defined_is_no_point():
    rows = [
        *curve("x", [0.5, 0.5, 0.5, math.nan]),
        row("x", "4", status="failed", error="It broke."),
        row("x[pooling=max]", "best", status="failed"),
        row("egemaps", "", status="failed"),
        *curve("y", [0.5, math.nan, 0.5]),
    ]
    (board,) = boards(rows)
    assert (board.n_failed, board.layers) == (2, (0, 1, 2))


def test_the_row_of_permuted_labels_is_no_point():
    rows = curve("x", [0.5, 0.6, 0.7])
    (board,) = boards([row("x", "1", value=0.1, baseline="permuted"), *rows])
    assert dict(board.sweeps[0].points)[1] == Value(0.6)
    assert make_layer_boards([], "uar", NOTHING) == ()


def test_points_of_a_curve_are_single_layers_and_means_of_some_where_another_row_is_done():
    own = [*curve("x", [0.4, 0.5, 0.6]), row("x", "0-1"), row("x", "without-2"), row("x", "mean"), row("x", "best")]
    points = {"x@0 linear", "x@1 linear", "x@2 linear", "x@0-1 linear", "x@without-2 linear"}
    assert points_of(own) == points
    two = [row("y", "0"), row("y", "1"), row("y", "0", "svm")]
    assert points_of([*own, *two]) == points
    assert points_of(own, ["x@1 linear", "x@0-1 linear"]) == {"x@0 linear", "x@2 linear", "x@without-2 linear"}
    assert points_of(curve("x", [0.4, 0.5, 0.6])) == frozenset()
    gone = [row("egemaps", "", status="failed"), row("x", "0", "dummy", baseline="constant")]
    assert points_of([*curve("x", [0.4, 0.5, 0.6]), *gone]) == frozenset()


def test_the_family_of_a_curve_is_every_pair_that_is_spoken_of_and_no_other():
    asked = []
    rows = [
        *curve("wav2vec2[checkpoint=me]", [0.4] * 3),
        *curve("wav2vec2[checkpoint=me,pooling=max]", [0.4] * 2),
        *curve("untrained[like=me]", [0.4] * 3),
        *(row("wav2vec2[checkpoint=me]", layer) for layer in ("best", "mean", "0-1", "without-2")),
        row("wav2vec2[checkpoint=me]", "weighted", "head"),
        row("egemaps", ""),
        row("egemaps", "", "svm"),
    ]
    make_layer_boards(rows, "uar", Compared({}, 0, lambda pairs: asked.append(pairs) or frozenset()))
    (pairs,) = (set(map(frozenset, one)) for one in asked)
    name = "wav2vec2[checkpoint=me]@{} linear".format
    whole = [name(layer) for layer in ("0", "1", "2", "best", "mean")]
    expected = {frozenset(pair) for pair in itertools.combinations(whole, 2)}
    expected |= {frozenset((name(layer), name("mean"))) for layer in ("0-1", "without-2")}
    expected |= {frozenset((name(n), f"untrained[like=me]@{n} linear")) for n in range(3)}
    expected |= {frozenset((name(n), f"wav2vec2[checkpoint=me,pooling=max]@{n} linear")) for n in range(2)}
    expected |= {
        frozenset((name(n), other)) for n in range(3) for other in ("egemaps@ linear", "wav2vec2[checkpoint=me]@weighted head")
    }
    assert pairs == expected


def test_where_nothing_can_be_told_no_pair_is_counted():
    (board,) = make_layer_boards(curve("x", [0.4, 0.5, 0.6]), "uar", NOTHING)
    assert (board.compared, board.sweeps[0].n_pairs, board.sweeps[0].beats) == (False, 0, ())
