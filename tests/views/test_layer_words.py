"""The paragraph: each claim stands where the numbers carry it, and nowhere else."""

import dataclasses
import re

import pytest

from bench.runs.layer import LayerBoard, Rival, Sweep
from bench.runs.row import Value
from bench.views.layer_words import paragraph

FLAT = {str(layer): Value(0.5 + 0.01 * layer, 0.4, 0.6) for layer in range(5)}


def sweep(model="linear", beats=(), rivals=(), more=(), chosen=(), values=FLAT, unchosen=0):
    shown = {**values, **dict.fromkeys(more, Value(0.5, 0.4, 0.6))}
    return Sweep("x", model, "mean", shown, tuple(beats), None, rivals, chosen, unchosen)


def rival(kind, won=(), lost=(), name="other", model="linear"):
    return Rival(kind, name, model, {"": Value(0.5)}, won, lost)


@pytest.fixture(scope="session")
def task(single):
    return single.tasks[0]


@pytest.fixture
def said(task):
    def words(*sweeps, trained=True, n_pairs=45, **more):
        compared = tuple(dataclasses.replace(one, n_pairs=n_pairs) for one in sweeps)
        return paragraph(task, LayerBoard("x", trained, compared, **more))

    return words


def test_layers_that_cannot_be_told_apart(said):
    text = said(sweep())
    assert "The 5 layers cannot be told apart." in text
    assert (
        "What is said of differences holds for all pairs of rows that are spoken of along a curve together: 45 with linear."
        in text
    )
    assert "beat" not in text


def test_layers_that_can_be_told_apart(said):
    text = said(sweep(beats=[("3", "0"), ("4", "0"), ("4", "1"), ("mean", "2")]))
    assert "3 of 10 pairs of layers can be told apart: layers 0 and 1 are beaten by some other layer" in text
    assert "and no layer beats layers 2 to 4." in text
    assert "the 5 layers cannot" not in text.lower()
    assert "1 of 10 pairs of layers can be told apart: layer 0 is beaten" in said(sweep(beats=[("3", "0")]))


def test_models_that_say_the_same_say_it_once_and_others_are_named(said):
    text = said(sweep(), sweep("svm"))
    assert "45 with linear and svm; each model is a curve of its own, and where none is named it holds with all." in text
    assert text.count("cannot be told apart") == 1
    text = said(sweep(), sweep("svm", beats=[("3", "0")]))
    assert "With linear, the 5 layers cannot be told apart." in text
    assert "With svm, 1 of 10 pairs of layers" in text


def test_without_a_family_nothing_is_said_of_differences(said, task):
    everything = sweep(
        beats=[("3", "0"), ("mean", "without-0"), ("best", "mean")],
        rivals=(rival("control", (1,)), rival("reference", (1,)), rival("weighted", (1,)), rival("pooling", (1,))),
        more=("best", "mean", "concat", "0-1", "without-0"),
    )
    why = "There are no tiers with fewer than 6 held-out speakers."
    board = LayerBoard("x", True, (everything,))
    text = paragraph(dataclasses.replace(task, untiered=why), board)
    assert text.startswith(f"{why} So nothing can be said of which layers differ. ")
    assert not re.search(r"told apart|beat|worse|better|above|below|untrained", text)
    assert paragraph(task, board).startswith("The rows of this board are not compared. So nothing can be said")


def test_where_the_curve_lies_above_the_untrained_one(said):
    text = said(sweep(rivals=(rival("control", (1, 2, 3), (0,)),)))
    assert "The curve lies above that of the untrained encoder at layers 1 to 3 and below it at layer 0." in text
    text = said(sweep(rivals=(rival("control", (), (4,)),)))
    assert "The curve lies below that of the untrained encoder at layer 4." in text
    assert "above" not in text
    text = said(sweep(rivals=(rival("control"),)))
    assert "No layer can be told apart from the same layer of the untrained encoder." in text
    assert not re.search(r"above|below", text)


def test_what_training_adds_cannot_be_said_without_a_control(said):
    missing = "No untrained encoder of this shape stands on this board, so what training adds cannot be said."
    assert missing in said(sweep())
    assert missing not in said(sweep(rivals=(rival("control"),)))
    assert missing not in said(sweep(), trained=False)
    text = said(sweep(), failed_control="untrained[size=base]")
    assert "Of the untrained encoder untrained[size=base] too many rows failed, so what training adds cannot be said." in text
    assert missing not in text
    assert "failed" not in said(sweep(rivals=(rival("control"),)), failed_control="untrained[size=base]")


def test_an_encoder_that_was_never_trained_is_called_so(said):
    text = said(sweep(rivals=(rival("control", (1,)),)), trained=False)
    assert "This encoder was never trained: its weights come from a seed." in text
    assert "The curve lies above that of the same encoder with other weights at layer 1." in text
    assert "never trained" not in said(sweep())


def test_against_opensmile(said):
    text = said(sweep(rivals=(rival("reference", (1,), (3, 4), "egemaps"),)))
    assert "Layer 1 beats egemaps and layers 3 and 4 are beaten by it." in text
    assert "Layer 0 is beaten by egemaps." in said(sweep(rivals=(rival("reference", (), (0,), "egemaps"),)))
    assert "No layer can be told apart from egemaps." in said(sweep(rivals=(rival("reference", name="egemaps"),)))
    assert "egemaps" not in said(sweep())


def test_among_poolings(said):
    std, large = (rival("pooling", won, lost, f"x[pooling={p}]") for p, won, lost in (("std", (0, 1), ()), ("max", (), (2,))))
    assert "As a pooling, std is worse than mean at layers 0 and 1 and max is better than mean at layer 2." in said(
        sweep(rivals=(std, large))
    )
    text = said(sweep(rivals=(rival("pooling", name="x[pooling=std]"),)))
    assert "At no layer can another pooling be told apart from mean." in text
    assert "pooling" not in said(sweep())


def test_all_layers_together(said):
    views = ("best", "mean", "concat")
    text = said(sweep(more=views))
    assert "@best, @mean and @concat cannot be told apart; no single layer beats @best, @mean or @concat." in text
    text = said(sweep(more=views, beats=[("concat", "best"), ("2", "mean"), ("3", "mean")]))
    assert "@concat beats @best; layers 2 and 3 beat @mean." in text
    assert "no single layer" not in text
    assert "@best, @mean and @concat cannot" not in text
    assert "@" not in said(sweep())


def test_learned_weights_against_single_layers(said):
    text = said(sweep(rivals=(rival("weighted", (3,), (0, 1), model="head"),)))
    assert "Layer 3 beats @weighted (with head) and @weighted (with head) beats layers 0 and 1." in text
    text = said(sweep(rivals=(rival("weighted", model="head"),)))
    assert "No single layer can be told apart from @weighted (with head)." in text


def test_one_layer_more_and_one_less(said):
    views = ("mean", "0-1", "0-2", "0-3", *(f"without-{k}" for k in range(5)))
    text = said(sweep(more=views))
    assert "The mean of layers 0 to k cannot be told apart from the mean of all at any k." in text
    assert "The mean without layer k cannot be told apart from the mean of all at any k." in text
    text = said(sweep(more=views, beats=[("mean", "0-1"), ("mean", "0-2"), ("without-4", "mean")]))
    assert "The mean of layers 0 to k is worse than the mean of all for k = 1 and 2." in text
    assert "The mean without layer k is better than the mean of all for k = 4." in text
    assert "at any k" not in text
    assert "mean of" not in said(sweep(more=("0-1", "without-0")))


def test_intervals_that_reach_chance(said, task):
    low, high = Value(0.5, task.chance - 0.01, 0.6), Value(0.5, task.chance + 0.01, 0.6)
    assert "No layer's own interval reaches chance (0.333)." in said(sweep(values={"0": high, "1": high, "2": high}))
    assert "The interval of every layer reaches chance (0.333)." in said(sweep(values={"0": low, "1": low, "2": low}))
    text = said(sweep(values={"0": low, "1": high, "2": low}))
    assert "The interval reaches chance (0.333) at layers 0 and 2." in text
    under = Value(0.2, 0.1, task.chance - 0.01)
    text = said(sweep(values={"0": low, "1": high, "2": under}))
    assert "The interval lies below chance (0.333) at layer 2 and the interval reaches chance (0.333) at layer 0." in text
    bare = Value(0.2)
    assert "chance" not in said(sweep(values={"0": bare, "1": bare, "2": bare}))


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ((5,) * 7 + (4,) * 3 + (6,) * 2, "Inner folds chose layer 5 in 7 of 12 folds, layer 4 in 3 and layer 6 in 2."),
        ((2, 2, 2), "Inner folds chose layer 2 in all 3 folds."),
        ((1,), "Inner folds chose layer 1 in the only fold."),
        (
            (1, 2, 3, 4, 0, 0),
            "Inner folds chose layer 0 in 2 of 6 folds, layer 1 in 1, layer 2 in 1 and 2 other layers in the rest.",
        ),
    ],
)
def test_which_layers_were_chosen(said, chosen, sentence):
    assert sentence in said(sweep(chosen=chosen))


def test_folds_in_which_nothing_could_be_chosen_are_told(said):
    why = "because there are fewer than 3 known training speakers, or their labels are all alike; the lowest"
    text = said(sweep(unchosen=2, more=("best",)))
    assert f"Inner folds could not choose a layer in any of the 2 folds, {why} was taken." in text
    assert "Inner folds chose" not in text
    assert "inner folds chose" not in text
    assert f"Inner folds could not choose a layer in the only fold, {why}" in said(sweep(unchosen=1))
    text = said(sweep(chosen=(3, 3), unchosen=1, more=("best",)))
    assert (
        f"Inner folds chose layer 3 in all 2 folds where they could choose. In 1 more fold nothing could be chosen, {why}"
        in text
    )
    assert "the layers that inner folds chose, and the lowest where they could choose none, give 0.500." in text


def test_nothing_chosen_nothing_said(said):
    assert "Inner folds" not in said(sweep())


def test_what_weights_were_learned(said):
    weights = ((0.1, 0.2, 0.3, 0.2, 0.2), (0.1, 0.2, 0.2, 0.3, 0.2), (0.1, 0.2, 0.4, 0.1, 0.2))
    text = said(sweep(), weights=weights, weighing="head")
    assert "The weights that head learned lie between 0.100 and 0.300 (means over folds; equal ones would be 0.200)" in text
    assert "layer 2 has the greatest mean, and the greatest weight in 2 of 3 folds." in text
    assert "weights" not in said(sweep())


def test_the_highest_point_is_always_called_optimistic(said):
    text = said(sweep(more=("best",)))
    assert "Choosing a layer by looking at this curve would be optimistic: its highest point, " in text
    assert "UAR (proxy label) 0.540 at layer 4 with linear, was picked on the speakers that it is measured on" in text
    assert "the layers that inner folds chose give 0.500." in text
    assert "inner folds" not in said(sweep())
    assert "optimistic" in said(sweep(), n_pairs=0)


def test_failed_rows_are_told(said):
    assert "2 rows of this encoder failed and are missing." in said(sweep(), n_failed=2)
    assert "1 row of this encoder failed and is missing." in said(sweep(), n_failed=1)
    assert "failed" not in said(sweep())


def test_the_answer_comes_first_and_is_short(said):
    everything = sweep(more=("best", "mean", "concat", "0-1", "without-0"), chosen=(5, 5))
    text = said(everything, trained=False)
    assert text.startswith("The 5 layers cannot be told apart. This encoder was never trained: its weights come from a seed.")
    assert text.endswith("of rows that are spoken of along a curve together: 45 with linear.")
