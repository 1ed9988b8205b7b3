"""The sweep: from the rows of a board to what it holds of the layers of each encoder."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.base.spelling import Spelling, parse, split_outside
from bench.features.view import BEST, MEAN, WEIGHTED, is_partial
from bench.features.wav2vec2 import Wav2vec2
from bench.metrics.interval import expanded
from bench.runs.layer import TOGETHER, Compared, Kind, LayerBoard, Rival, Sweep
from bench.runs.representation import CHOOSER
from bench.runs.row import Row, Value

LEAST_LAYERS = 3  # fewer make no curve
POOLING, USUAL = "pooling", "mean"
CONTROL, SEED, LIKE = "untrained", "seed", "like"
FAMILY = (Wav2vec2.name, CONTROL)  # of one architecture, so that as many layers, as wide, make the same shape
REFERENCE = "egemaps"
Key = tuple[str, str]


def make_layer_boards(rows: Sequence[Row], metric: str, compared: Compared) -> tuple[LayerBoard, ...]:
    """Gather what a board holds of the layers of each encoder with at least three single layers.

    Parameters
    ----------
    rows : sequence of Row
        Of one task on one track.
    metric : str
        The primary one.
    compared : Compared

    Returns
    -------
    tuple of LayerBoard
        By encoder; one that serves another as the untrained control has none of its own.
    """
    scored = [row for row in rows if row.status == "done" and not row.baseline and math.isfinite(row.metrics[metric].value)]
    failures = [row for row in rows if row.status == "failed" and not row.baseline]
    table = _Table(scored, metric, compared, failures)
    encoders = table.encoders()
    controls = {encoder: table.control_of(encoder, encoders) for encoder in encoders}
    boards = []
    for encoder in encoders:
        if encoder in controls.values():
            continue
        sweeps = tuple(table.sweep(*key, controls[encoder]) for key in table.curves(encoder))
        failed = sum(bool(row.layer) and _encoder(row.feature_set) == encoder for row in failures)
        weights, weighing = table.weights(encoder)
        trained = parse(encoder).name != CONTROL
        missing = table.failed_control(encoder) if trained else ""
        boards.append(LayerBoard(encoder, trained, sweeps, weights, weighing, failed, missing))
    return tuple(boards)


def _encoder(feature_set: str) -> str:
    spelling = parse(feature_set)
    return str(Spelling(spelling.name, {key: value for key, value in spelling.values.items() if key != POOLING}))


def points_of(rows: Sequence[Row], named: Collection[str] = ()) -> frozenset[str]:
    """Fingerprints of the rows that are points of a curve over layers, with the same feature set and model.

    That is a single layer and the mean of some, of at least three single layers, where nobody asked for this one by name; none
    where no other row is done, because then the curve is the board.

    Parameters
    ----------
    rows : sequence of Row
        Of one task on one track, finished or not.
    named : collection of str
        Fingerprints of rows that were asked for by themselves.

    Returns
    -------
    frozenset of str
    """
    asked = [row for row in rows if not row.baseline]
    single = Counter((row.feature_set, row.model) for row in asked if row.layer.isdigit())
    found = frozenset(
        row.fingerprint for row in asked if is_partial(row.layer) and single[row.feature_set, row.model] >= LEAST_LAYERS
    ).difference(named)
    return found if any(row.status == "done" and row.fingerprint not in found for row in asked) else frozenset()


def _own_pairs(rows: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    """The pairs of one curve: single layers and all of them at once with each other, means of some with the mean of all."""
    whole = [layer for layer in rows if layer.isdigit() or layer in TOGETHER]
    yield from ((rows[one].fingerprint, rows[other].fingerprint) for one, other in combinations(whole, 2))
    some = [layer for layer in rows if is_partial(layer) and not layer.isdigit()]
    if MEAN in rows:
        yield from ((rows[layer].fingerprint, rows[MEAN].fingerprint) for layer in some)


@dataclass(frozen=True)
class _Held:
    """What a curve is held against, before it is known which differences can be told: the rival's rows and the curve's."""

    kind: Kind
    key: Key
    rows: Mapping[str, Row]
    singles: Mapping[int, Row]

    @property
    def pairs(self) -> dict[tuple[str, str], int]:
        """Fingerprints of a single layer of the curve and what stands against it, with the layer."""
        against = {layer: self.rows.get(str(layer), self.rows.get("")) for layer in self.singles}
        return {(self.singles[layer].fingerprint, row.fingerprint): layer for layer, row in against.items() if row is not None}

    def judged(self, beats: Collection[tuple[str, str]], metric: str) -> Rival:
        """The rival, with the layers at which the curve is better or worse."""
        won = tuple(sorted(layer for pair, layer in self.pairs.items() if pair in beats))
        lost = tuple(sorted(layer for pair, layer in self.pairs.items() if pair[::-1] in beats))
        values = {layer: self.rows[layer].metrics[metric] for layer in sorted(self.rows, key=_order)}
        return Rival(self.kind, *self.key, values, won, lost)


class _Table:
    """The scored rows of a task, by feature set, model and layer."""

    def __init__(self, rows: Sequence[Row], metric: str, compared: Compared, failures: Sequence[Row]) -> None:
        self.metric, self.compared = metric, compared
        self.failed = sorted({_encoder(row.feature_set) for row in failures if row.layer})
        self.asked: dict[str, set[int]] = {}
        for row in (*rows, *failures):
            if row.layer.isdigit():
                self.asked.setdefault(_encoder(row.feature_set), set()).add(int(row.layer))
        self.tuned = {fold["fold"] for row in rows for fold in row.chosen if fold.get("tuned") is not None}
        self.rows: dict[Key, dict[str, Row]] = {}
        for row in rows:
            if row.layer:
                self.rows.setdefault((row.feature_set, row.model), {})[row.layer] = row
        self.plain = [row for row in rows if not row.layer and len(list(split_outside(row.feature_set, "+"))) == 1]
        self.of = {feature_set: _encoder(feature_set) for feature_set, _ in self.rows}

    def _singles(self, key: Key) -> list[int]:
        return sorted(int(layer) for layer in self.rows.get(key, {}) if layer.isdigit())

    def encoders(self) -> list[str]:
        """Those with a curve, in the order of their names, the seeds of one by number."""
        found = {self.of[key[0]] for key in self.rows if len(self._singles(key)) >= LEAST_LAYERS}
        return sorted(found, key=lambda encoder: (_unseeded(encoder), _seed(encoder)))

    def control_of(self, encoder: str, encoders: Sequence[str]) -> str:
        """The encoder of the same shape that was never trained; of an untrained one, another seed; "" where there is none."""
        untrained = [one for one in encoders if parse(one).name == CONTROL]
        if parse(encoder).name != CONTROL:
            fit = [one for one in untrained if _is_like(one, encoder) or self._as_large(one, encoder)]
            return min(fit, key=lambda one: not _is_like(one, encoder), default="")
        seeds = [one for one in untrained if _unseeded(one) == _unseeded(encoder)]
        return seeds[1] if seeds[0] == encoder and len(seeds) > 1 else ""

    def failed_control(self, encoder: str) -> str:
        """An untrained encoder that is like it, or was asked for on the same layers, and of which rows failed; or ""."""
        untrained = [one for one in self.failed if parse(one).name == CONTROL]
        fit = [one for one in untrained if _is_like(one, encoder) or self._may_be_as_large(one, encoder)]
        return min(fit, key=lambda one: not _is_like(one, encoder), default="")

    def _as_large(self, one: str, other: str) -> bool:
        """Whether two encoders of one architecture have the same layers, as wide."""
        widths, others = self._widths(one), self._widths(other)
        shared = widths.keys() & others.keys()
        return bool(shared) and all(widths[key] == others[key] for key in shared) and self._may_be_as_large(one, other)

    def _may_be_as_large(self, one: str, other: str) -> bool:
        return {parse(one).name, parse(other).name} <= set(FAMILY) and self.asked.get(one) == self.asked.get(other)

    def _widths(self, encoder: str) -> dict[str, int]:
        """How many columns a single layer has, by pooling."""
        own = [(key, layer) for key in self.rows if self.of[key[0]] == encoder for layer in self._singles(key)]
        return {self._pooling(key[0]) or USUAL: self.rows[key][str(layer)].n_columns for key, layer in own}

    def curves(self, encoder: str) -> list[Key]:
        """Feature set and model of each curve, the usual pooling first."""
        keys = [key for key in self.rows if self.of[key[0]] == encoder and len(self._singles(key)) >= LEAST_LAYERS]
        return sorted(
            keys,
            key=lambda key: (self._pooling(key[0]) not in ("", USUAL), -len(self.rows[key]), self._pooling(key[0]), key[1]),
        )

    def _pooling(self, feature_set: str) -> str:
        spelled = parse(feature_set).values
        pooled = any(POOLING in parse(other).values for other, encoder in self.of.items() if encoder == self.of[feature_set])
        return spelled.get(POOLING, USUAL if pooled else "")

    def sweep(self, feature_set: str, model: str, control: str) -> Sweep:
        """One curve with all that stands beside it."""
        own = self.rows[feature_set, model]
        singles = {int(layer): row for layer, row in own.items() if layer.isdigit()}
        rivals = list(self._rivals(feature_set, model, control, singles))
        pairs = dict.fromkeys([*_own_pairs(own), *(pair for rival in rivals for pair in rival.pairs)])
        beats = self.compared.judge(list(pairs))
        layer_of = {row.fingerprint: layer for layer, row in own.items()}
        within = [(layer_of[a], layer_of[b]) for a, b in beats or () if {a, b} <= layer_of.keys()]
        chosen, unchosen = self._choices(feature_set, own[BEST]) if BEST in own else ((), 0)
        return Sweep(
            feature_set,
            model,
            self._pooling(feature_set),
            {layer: own[layer].metrics[self.metric] for layer in sorted(own, key=_order)},
            tuple(sorted(within, key=lambda pair: (_order(pair[0]), _order(pair[1])))),
            self._widest(list(singles.values())),
            tuple(rival.judged(beats or frozenset(), self.metric) for rival in rivals),
            chosen,
            unchosen,
            0 if beats is None else len(pairs),
        )

    def _choices(self, feature_set: str, best: Row) -> tuple[tuple[int, ...], int]:
        """The layer of each fold in which one was chosen, and in how many others the lowest was taken.

        What the chooser reached on inner folds tells. Where its rows are not shown, another row that was tuned on the fold says
        that there were inner folds, and so does what only inner models can give.
        """
        shown = [row for layer, row in self.rows.get((feature_set, CHOOSER), {}).items() if layer.isdigit()]
        told = {fold["fold"] for row in shown for fold in row.chosen if fold.get("tuned") is not None} if shown else self.tuned
        crossed = not shown and (best.calibration is not None or best.coverage is not None)
        layers = [(fold["fold"], int(fold["layer"])) for fold in best.chosen if fold.get("layer") is not None]
        chosen = tuple(layer for fold, layer in layers if crossed or fold in told)
        return chosen, len(layers) - len(chosen)

    def _widest(self, rows: Sequence[Row]) -> Value:
        high, low = (pick(rows, key=lambda row: row.metrics[self.metric].value) for pick in (max, min))
        gap = high.metrics[self.metric].value - low.metrics[self.metric].value
        one, other = self.compared.draws.get(high.fingerprint), self.compared.draws.get(low.fingerprint)
        bounds = (
            expanded(one - other, len(high.by_speaker), mutual=self.compared.mutual)
            if one is not None and other is not None
            else None
        )
        return Value(gap, *bounds) if bounds else Value(gap)

    def _rivals(self, feature_set: str, model: str, control: str, singles: Mapping[int, Row]) -> Iterator[_Held]:
        pooling, encoder = self._pooling(feature_set), self.of[feature_set]
        for key, rows in sorted(self.rows.items(), key=lambda item: (self._pooling(item[0][0]), item[0])):
            by_layer = {layer: row for layer, row in rows.items() if layer.isdigit()}
            alike = key[1] == model and by_layer
            if alike and control and self.of[key[0]] == control and (self._pooling(key[0]) or USUAL) == (pooling or USUAL):
                yield _Held("control", key, by_layer, singles)
            elif alike and self.of[key[0]] == encoder and key[0] != feature_set:
                yield _Held("pooling", key, by_layer, singles)
            elif key[0] == feature_set and WEIGHTED in rows:
                yield _Held("weighted", key, {"": rows[WEIGHTED]}, singles)
        spoken = [row for row in self.plain if row.feature_set.partition("[")[0] == REFERENCE and row.model == model]
        for row in sorted(spoken, key=lambda row: row.feature_set)[:1]:
            yield _Held("reference", (row.feature_set, row.model), {"": row}, singles)

    def weights(self, encoder: str) -> tuple[tuple[tuple[float, ...], ...], str]:
        """By fold what the first model that weighs the layers of the usual pooling learned, and its name."""
        for feature_set, model in sorted(self.rows, key=lambda key: self._pooling(key[0]) not in ("", USUAL)):
            row = self.rows[feature_set, model].get(WEIGHTED)
            if row is not None and self.of[feature_set] == encoder:
                found = tuple(tuple(fold["layer_weights"]) for fold in row.chosen if fold.get("layer_weights"))
                if found:
                    return found, model
        return (), ""


def _is_like(untrained: str, encoder: str) -> bool:
    spelled = parse(encoder)
    usual = Wav2vec2.checkpoint if spelled.name == Wav2vec2.name else ""
    like = parse(untrained).values.get(LIKE)
    return like is not None and like == spelled.values.get("checkpoint", usual)


def _seed(encoder: str) -> int:
    text = parse(encoder).values.get(SEED, "0")
    return int(text) if text.isdigit() else 0


def _unseeded(encoder: str) -> str:
    spelling = parse(encoder)
    return str(Spelling(spelling.name, {key: value for key, value in spelling.values.items() if key != SEED}))


def _order(layer: str) -> tuple[int, int, str]:
    """Single layers first, then means of a range, then all but one, then what else there is; each by number."""
    if layer.isdigit():
        return (0, int(layer), "")
    tail = layer.rpartition("-")[2]
    return (2 if layer.startswith("without-") else 1, int(tail), "") if tail.isdigit() else (3, 0, layer)
