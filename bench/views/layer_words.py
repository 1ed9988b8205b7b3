"""The layers of an encoder in words: one paragraph made from the numbers, which claims no difference that the family of the
curve does not carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bench.runs.board import TaskBoard
from bench.runs.layer import TOGETHER, LayerBoard, Rival, Sweep
from bench.views.layer_phrase import beat, both, either, listed, pooling_of, runs
from bench.views.number import counted, fixed

MOST_CHOSEN = 3
Clause = Callable[[Sweep], str]


def paragraph(task: TaskBoard, board: LayerBoard) -> str:
    """Say in one paragraph what the numbers carry.

    Parameters
    ----------
    task : TaskBoard
        Whose board it is.
    board : LayerBoard

    Returns
    -------
    str
        Sentences with a space between them. That two rows differ is said only where they can be told apart when all pairs that
        are spoken of along a curve are taken together; where rows are not compared, nothing of the kind is said.
    """
    return " ".join((*answer(task, board), *further(task, board)))


def answer(task: TaskBoard, board: LayerBoard) -> tuple[str, ...]:
    """What is looked for first, in a few sentences: whether layers differ, what training adds, what a pick would be worth."""
    found = [*_by_model(board.main, flatness)] if board.compared else [_uncompared(task)]
    if not board.trained:
        found.append("This encoder was never trained: its weights come from a seed.")
    if board.compared:
        for clause in (against_control(board), against_reference):
            found += _by_model(board.main, clause)
        found.append(_missing(board))
    found.append(optimism(task, board))
    if board.n_failed:
        found.append(f"{counted(board.n_failed, 'row')} of this encoder failed and {_be(board.n_failed)} missing.")
    return tuple(sentence for sentence in found if sentence)


def further(task: TaskBoard, board: LayerBoard) -> tuple[str, ...]:
    """What else the numbers carry, and over which pairs differences are judged, in sentences."""
    found = [near_chance(task, board), choice(board), weighing(board)]
    if board.compared:
        clauses = (among_poolings, taken_together, cumulative, drop_one)
        found = [*(said for clause in clauses for said in _by_model(board.main, clause)), *found, _family(board)]
    return tuple(sentence for sentence in found if sentence)


def _family(board: LayerBoard) -> str:
    said: dict[int, list[str]] = {}
    for sweep in board.main:
        said.setdefault(sweep.n_pairs, []).append(sweep.model)
    counts = both([f"{n:,} with {both(models)}" for n, models in said.items()])
    each = "; each model is a curve of its own, and where none is named it holds with all" if len(board.main) > 1 else ""
    return f"What is said of differences holds for all pairs of rows that are spoken of along a curve together: {counts}{each}."


def _missing(board: LayerBoard) -> str:
    if not board.trained or any(sweep.rival("control") for sweep in board.main):
        return ""
    failed = f"Of the untrained encoder {board.failed_control} too many rows failed"
    none = "No untrained encoder of this shape stands on this board"
    return f"{failed if board.failed_control else none}, so what training adds cannot be said."


def _uncompared(task: TaskBoard) -> str:
    why = task.untiered or "The rows of this board are not compared."
    return f"{why} So nothing can be said of which layers differ."


def _be(n: int) -> str:
    return "is" if n == 1 else "are"


def _by_model(sweeps: Sequence[Sweep], clause: Clause) -> Iterator[str]:
    """A sentence for each thing to be said, with the models that it is said of where these are not all."""
    said: dict[str, list[str]] = {}
    for sweep in sweeps:
        said.setdefault(clause(sweep), []).append(sweep.model)
    for text, models in said.items():
        if text and len(models) == len(sweeps):
            yield f"{text[0].upper()}{text[1:]}."
        elif text:
            yield f"With {both(models)}, {text}."


def flatness(sweep: Sweep) -> str:
    """Whether any two single layers can be told apart.

    Examples
    --------
    >>> from bench.runs.row import Value
    >>> flatness(Sweep("x", "svm", "", {"0": Value(0.5), "1": Value(0.6), "2": Value(0.6)}))
    'the 3 layers cannot be told apart'
    """
    layers = [layer for layer, _ in sweep.points]
    apart = [(int(high), int(low)) for high, low in sweep.beats if high.isdigit() and low.isdigit()]
    if not apart:
        return f"the {len(layers)} layers cannot be told apart"
    beaten = {low for _, low in apart}
    n_pairs = len(layers) * (len(layers) - 1) // 2
    unbeaten = listed(layer for layer in layers if layer not in beaten)
    return (
        f"{len(apart)} of {n_pairs} pairs of layers can be told apart: "
        f"{listed(beaten)} {'is' if len(beaten) == 1 else 'are'} beaten by some other layer, and no layer beats {unbeaten}"
    )


def against_control(board: LayerBoard) -> Clause:
    """Where the curve lies above or below that of the untrained encoder; of an untrained one, of other weights."""
    who = "the untrained encoder" if board.trained else "the same encoder with other weights"

    def clause(sweep: Sweep) -> str:
        rival = sweep.rival("control")
        if rival is None:
            return ""
        parts = [f"above that of {who} at {listed(rival.won)}"] if rival.won else []
        parts += [f"below {'it' if parts else 'that of ' + who} at {listed(rival.lost)}"] if rival.lost else []
        if parts:
            return f"the curve lies {' and '.join(parts)}"
        return f"no layer can be told apart from the same layer of {who}"

    return clause


def against_reference(sweep: Sweep) -> str:
    """Which single layers beat the openSMILE row, and which it beats."""
    rival = sweep.rival("reference")
    if rival is None:
        return ""
    parts = [f"{beat(rival.won)} {rival.feature_set}"] if rival.won else []
    is_ = "is" if len(rival.lost) == 1 else "are"
    parts += [f"{listed(rival.lost)} {is_} beaten by {'it' if parts else rival.feature_set}"] if rival.lost else []
    return " and ".join(parts) or f"no layer can be told apart from {rival.feature_set}"


def among_poolings(sweep: Sweep) -> str:
    """At which layers another pooling is better or worse than the usual one."""
    rivals = [rival for rival in sweep.rivals if rival.kind == "pooling"]
    if not rivals:
        return ""
    parts = [
        f"{pooling_of(rival.feature_set)} is worse than {sweep.pooling} at {listed(rival.won)}" for rival in rivals if rival.won
    ]
    parts += [
        f"{pooling_of(rival.feature_set)} is better than {sweep.pooling} at {listed(rival.lost)}"
        for rival in rivals
        if rival.lost
    ]
    if parts:
        return f"as a pooling, {both(parts)}"
    return f"at no layer can another pooling be told apart from {sweep.pooling}"


def taken_together(sweep: Sweep) -> str:
    """How the views of all layers stand to each other and to single layers."""
    names = [name for name in TOGETHER if name in sweep.values]
    parts = []
    if len(names) > 1:
        pairs = [f"@{high} beats @{low}" for high, low in sweep.beats if high in names and low in names]
        parts.append(both(pairs) or f"{both([f'@{name}' for name in names])} cannot be told apart")
    for name in names:
        single = [int(high) for high, low in sweep.beats if high.isdigit() and low == name]
        parts += [f"{beat(single)} @{name}"] if single else []
    if names and not any(high.isdigit() and low in names for high, low in sweep.beats):
        parts.append(f"no single layer beats {either([f'@{name}' for name in names])}")
    rival = sweep.rival("weighted")
    if rival is not None:
        parts.append(_weighted(rival))
    return "; ".join(parts)


def _weighted(rival: Rival) -> str:
    name = f"@weighted (with {rival.model})"
    parts = [f"{beat(rival.won)} {name}"] if rival.won else []
    parts += [f"{name} beats {listed(rival.lost)}"] if rival.lost else []
    return " and ".join(parts) or f"no single layer can be told apart from {name}"


def cumulative(sweep: Sweep) -> str:
    """From which layer on a further one changes nothing that can be told apart from the mean of all."""
    lowest = min(layer for layer, _ in sweep.points)
    ends = {end: f"{lowest}-{end}" for end, _ in sweep.points if f"{lowest}-{end}" in sweep.values}
    if not ends or "mean" not in sweep.values:
        return ""
    return _held_to_all(sweep, ends, f"the mean of layers {lowest} to k", "for k = ", "at any k")


def drop_one(sweep: Sweep) -> str:
    """Whether leaving out one layer makes a difference to the mean of all."""
    left = {layer: f"without-{layer}" for layer, _ in sweep.points if f"without-{layer}" in sweep.values}
    if not left or "mean" not in sweep.values:
        return ""
    return _held_to_all(sweep, left, "the mean without layer k", "for k = ", "at any k")


def _held_to_all(sweep: Sweep, names: dict[int, str], what: str, at: str, nowhere: str) -> str:
    worse = [layer for layer, name in names.items() if ("mean", name) in sweep.beats]
    better = [layer for layer, name in names.items() if (name, "mean") in sweep.beats]
    parts = [f"{what} is worse than the mean of all {at}{runs(worse)}"] if worse else []
    parts += [f"{what} is better than the mean of all {at}{runs(better)}"] if better else []
    return " and ".join(parts) or f"{what} cannot be told apart from the mean of all {nowhere}"


def near_chance(task: TaskBoard, board: LayerBoard) -> str:
    """At which layers the interval holds chance or lies below it; nothing where there are no intervals."""
    return " ".join(_by_model(board.main, lambda sweep: _near_chance(sweep, task.chance)))


def _near_chance(sweep: Sweep, chance: float) -> str:
    bounded = {layer: (value.low, value.high) for layer, value in sweep.points if value.low is not None}
    below = [layer for layer, (_, high) in bounded.items() if (high or 0.0) < chance]
    near = [layer for layer, (low, _) in bounded.items() if (low or 0.0) <= chance and layer not in below]
    if not bounded:
        return ""
    parts = [f"the interval lies below chance ({fixed(chance)}) at {listed(below)}"] if below else []
    if len(near) == len(bounded):
        parts.append(f"the interval of every layer reaches chance ({fixed(chance)})")
    elif near:
        parts.append(f"the interval reaches chance ({fixed(chance)}) at {listed(near)}")
    return " and ".join(parts) or f"no layer's own interval reaches chance ({fixed(chance)})"


def choice(board: LayerBoard) -> str:
    """Which layers inner folds chose, and how often.

    Examples
    --------
    >>> choice(LayerBoard("x", True, (Sweep("x", "linear", "", {}, chosen=(5, 5, 4)),)))
    'Inner folds chose layer 5 in 2 of 3 folds and layer 4 in 1.'
    """
    sweep = next((sweep for sweep in board.main if sweep.chosen or sweep.unchosen), None)
    if sweep is None:
        return ""
    why = "there are fewer than 3 known training speakers, or their labels are all alike"
    if not sweep.chosen:
        where = "the only fold" if sweep.unchosen == 1 else f"any of the {sweep.unchosen} folds"
        return f"Inner folds could not choose a layer in {where}, because {why}; the lowest was taken."
    said = _chosen(sweep.chosen, " where they could choose" if sweep.unchosen else "")
    if sweep.unchosen:
        more = counted(sweep.unchosen, "more fold")
        said += f" In {more} nothing could be chosen, because {why}; the lowest layer was taken there."
    return said


def _chosen(chosen: Sequence[int], which: str) -> str:
    counts = sorted(Counter(chosen).items(), key=lambda item: (-item[1], item[0]))
    (first, n), *others = counts
    if not others:
        return f"Inner folds chose layer {first} in {'the only fold' if n == 1 else f'all {n} folds'}{which}."
    parts = [f"layer {first} in {n} of {len(chosen)} folds{which}"]
    parts += [f"layer {layer} in {n}" for layer, n in others[: MOST_CHOSEN - 1]]
    rest = others[MOST_CHOSEN - 1 :]
    parts += [f"{counted(len(rest), 'other layer')} in the rest"] if rest else []
    return f"Inner folds chose {both(parts)}."


def weighing(board: LayerBoard) -> str:
    """Between what the learned weights lie, and how often the same layer has the greatest."""
    if not board.weights:
        return ""
    n_layers, n_folds = len(board.weights[0]), len(board.weights)
    means = [sum(fold[layer] for fold in board.weights) / n_folds for layer in range(n_layers)]
    greatest = max(range(n_layers), key=means.__getitem__)
    often = sum(max(range(n_layers), key=fold.__getitem__) == greatest for fold in board.weights)
    return (
        f"The weights that {board.weighing} learned lie between {fixed(min(means))} and {fixed(max(means))} (means over folds; "
        f"equal ones would be {fixed(1 / n_layers)}); layer {greatest} has the greatest mean, and the greatest weight "
        f"in {often} of {n_folds} folds."
    )


def optimism(task: TaskBoard, board: LayerBoard) -> str:
    """Why the highest point of the curve is no estimate."""
    sweep = board.main[0]
    layer, value = max(sweep.points, key=lambda point: point[1].value)
    badge = f" ({task.badge})" if task.badge else ""
    said = (
        f"Choosing a layer by looking at this curve would be optimistic: its highest point, {task.metric_label}{badge} "
        f"{fixed(value.value)} at layer {layer} with {sweep.model}, was picked on the speakers that it is measured on"
    )
    best = sweep.values.get("best")
    if best is None or (sweep.unchosen and not sweep.chosen):
        return f"{said}."
    others = ", and the lowest where they could choose none," if sweep.unchosen else ""
    return f"{said}; the layers that inner folds chose{others} give {fixed(best.value)}."
