"""Single layers held against all of them: which lines, and what they count."""

from bench.runs.layer import LayerBoard, Rival, Sweep
from bench.runs.row import Value
from bench.views.layer_stand import furthest, stands_of

VALUES = {"0": Value(0.4), "1": Value(0.6), "2": Value(0.5), "best": Value(0.55), "concat": Value(0.58), "0-1": Value(0.5)}


def made(model="linear", n_pairs=5, **more):
    beats = (("best", "0"), ("1", "0"), ("1", "best"), ("2", "0"), ("concat", "best"))
    rivals = (
        Rival("reference", "egemaps", model, {"": Value(0.52)}, (1,), (0, 2)),
        Rival("weighted", "x", "head", {"": Value(0.57)}, (1,), ()),
        Rival("pooling", "x[pooling=max]", model, VALUES),
    )
    sweeps = tuple(Sweep("x", one, "mean", VALUES, beats, rivals=rivals, n_pairs=n_pairs, **more) for one in model.split())
    return LayerBoard("x", True, sweeps)


def test_lines_and_counts():
    lines = [(s.name.split(":")[0], s.model, s.value.value, s.beats, s.beaten_by) for s in stands_of(made())]
    assert lines == [
        ("@best", "linear", 0.55, "1", "1"),
        ("@concat", "linear", 0.58, "0", "0"),
        ("layer 1, the highest point", "linear", 0.6, "1", "0"),
        ("layer 0, the lowest point", "linear", 0.4, "0", "2"),
        ("egemaps", "linear", 0.52, "2", "1"),
        ("@weighted", "head", 0.57, "–", "–"),
    ]


def test_the_row_of_weights_stands_once():
    lines = [(s.name.split(":")[0], s.model) for s in stands_of(made("linear svm"))]
    assert lines.count(("@weighted", "head")) == 1
    assert [model for name, model in lines if name == "@best"] == ["linear", "svm"]


def test_where_rows_are_not_compared_nothing_is_counted():
    assert {(s.beats, s.beaten_by) for s in stands_of(made(n_pairs=0))} == {("–", "–")}


def test_the_furthest_layers_carry_no_claim():
    said = furthest(made(widest=Value(0.2, 0.1, 0.3)))
    assert said.startswith("The highest layer less the lowest: 0.200 [0.100, 0.300] with linear.")
    assert "picked by looking" in said
    assert furthest(made()) == ""
