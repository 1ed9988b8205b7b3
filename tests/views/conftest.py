"""A board made by hand, with everything on it that a view must bear."""

from __future__ import annotations

import dataclasses
import math

import pytest

from bench.base.finding import Finding
from bench.corpora.corpus import Exclusion, Target
from bench.runs.board import Board, Curve, Stability, TaskBoard, VariantBoard
from bench.runs.layer import LayerBoard, Rival, Sweep
from bench.runs.row import Calibration, Coverage, ReliabilityBin, Row, Value

PROXY = Target(
    "fatigue-proxy",
    "proxy",
    "How tired the acted emotion sounds: a stand-in made from emotion labels, not a measurement of fatigue.",
    ("fresh", "neutral", "drained"),
    (0.0, 1.0),
    "proxy",
    (0.34, 0.67),
)
NASTY = '<script>alert("x,y")</script> | `müde` 眠い $x$ \x1b[31m'
SPEAKERS = tuple(f"actor-{n:02d}" for n in range(1, 13))
LEVELS = PROXY.levels


def wave(seed: int) -> float:
    """A number in 0 to 1 that looks drawn and is the same everywhere."""
    return math.modf(math.sin(seed * 12.9898) * 43758.5453)[0] % 1.0


def value(number: float, half: float = 0.045) -> Value:
    return Value(number, number - half, number + 0.9 * half)


def row(feature_set: str, layer: str, model: str, number: float, top: float, **given: object) -> Row:
    seed = sum(map(ord, feature_set + layer + model))
    gap = number - top
    shift = Value(gap, gap - 0.035, gap + 0.03)
    findings = (Finding("FB007", "The interval of its difference holds 0."),)
    made = Row(
        fingerprint=f"{seed:020x}",
        feature_set=feature_set,
        layer=layer,
        model=model,
        seed=0,
        status="done",
        metrics={
            "uar": value(number),
            "macro_f1": value(number - 0.01),
            "kappa": value(number - 0.25, 0.08),
            **{f"recall:{level}": value(number + 0.1 * (i - 1), 0.07) for i, level in enumerate(LEVELS)},
        },
        difference=None if gap == 0 else shift,
        findings=findings if gap and shift.low < 0 < shift.high else (),
        stands="" if gap == 0 else "alike" if shift.low < 0 < shift.high else "worse",
        extract_seconds=0.5 + 4 * wave(len(feature_set)),
        fit_seconds=2 + 90 * wave(seed),
        cache_mb=0.4 + 100 * wave(len(feature_set) + 1),
        n_columns=88,
        chosen=tuple(
            {"fold": f"{n:02d}", "layer": 5 + n % 2 if layer == "best" else None, "parameters": {"C": 0.1 if n % 3 else 1.0}}
            for n in range(12)
        ),
        confusion=((150, 60, 30), (50, 120, 70), (20, 50, 169)),
        by_speaker={name: number + 0.25 * (wave(seed + i) - 0.5) for i, name in enumerate(SPEAKERS)},
    )
    return dataclasses.replace(made, **given)


def level_task() -> TaskBoard:
    """Forty rows: a sweep of 13 layers under two models, the best of it picked inside the folds, and the others."""
    top = 0.652
    name = "wav2vec2[checkpoint=untrained[size=base]]"
    swept = {
        model: [(layer, round(0.47 + 0.15 * math.sin(layer / 4) - lag, 3)) for layer in range(13)]
        for model, lag in (("linear", 0.0), ("svm", 0.013))
    }
    rows = [row("egemaps", "", "linear", top, top), row(name, "best", "linear", 0.618, top)]
    rows += [
        row("compare", "", model, number, top)
        for model, number in (("linear", 0.643), ("svm", 0.638), ("xgboost", 0.6), ("head", 0.52))
    ]
    rows += [
        row("egemaps", "", "svm", 0.631, top),
        row("timing", "", "xgboost", 0.42, top),
        row("timing", "", "svm", 0.39, top),
    ]
    rows += [
        row("timing", "", "dummy", 1 / 3, top, findings=(Finding("FB004", "The lower bound 0.288 lies at or below 0.333."),))
    ]
    rows += [
        row(name, str(layer), model, number, top, point=True, stands="", findings=())
        for model, points in swept.items()
        for layer, number in points
    ]
    rows.sort(key=lambda one: -one.metrics["uar"].value)
    crashed = Row(
        fingerprint="f" * 20,
        feature_set="mine[name=a,b]",
        layer="",
        model="linear",
        seed=0,
        status="failed",
        error=f"Feature set 'mine' gave 3 values where 2 were expected {NASTY}. Correct its `columns`.",
    )
    return TaskBoard(
        name="ravdess/fatigue-proxy/level",
        form="level",
        track="open",
        target=PROXY,
        card={
            "name": "ravdess",
            "about": "Twenty-four professional actors speak two sentences in eight emotions.",
            "licence": "CC BY-NC-SA 4.0",
            "citation": "Livingstone and Russo (2018), https://doi.org/10.1371/journal.pone.0196391",
            "clips": "719",
            "speakers": "12",
            "hours": "0.74",
        },
        metric="uar",
        metric_label="UAR",
        chance=1 / 3,
        splitter="loso",
        n_folds=12,
        n_clips=719,
        n_speakers=12,
        fold_hash="3f9a1c0d52be77aa0142",
        rows=(*rows, crashed),
        findings=(
            Finding("FB009", "1 clip is excluded: it has the same samples, speaker and labels as another."),
            Finding("FB010", "The label is a proxy made from acted emotions: it says nothing about measured fatigue."),
        ),
        excluded=(Exclusion("Actor_03/03-01-06-01-02-02-03 & co.wav", "the same samples, speaker and labels as another clip"),),
        curves=tuple(
            Curve(name, model, tuple((layer, value(number)) for layer, number in points)) for model, points in swept.items()
        ),
        badge="proxy label",
    )


def score_task() -> TaskBoard:
    """Four speakers, so no intervals; names of the worst kind; a metric that is not defined."""
    target = Target("kss", "synthetic", "The level that the synthesiser was told.", (), (1.0, 9.0), "KSS")

    def made(name: str, model: str, number: float, gap: float | None) -> Row:
        return Row(
            fingerprint="0" * 20,
            feature_set=name,
            layer="",
            model=model,
            seed=0,
            status="done",
            metrics={
                "spearman": Value(number),
                "ccc": Value(number - 0.1),
                "mae": Value(1.53),
                "within_speaker_spearman": Value(float("nan")),
            },
            difference=None if gap is None else Value(gap),
            extract_seconds=None,
            by_speaker={"_anna": number, "李": number - 0.2, NASTY: float("nan"), 'd\'Arc, "J"': -0.1},
        )

    return TaskBoard(
        name="synthetic[effect=0.5]/kss/score",
        form="score",
        track="speaker",
        target=target,
        card={"name": "synthetic", "about": "Shows that the machinery works; says nothing about people."},
        metric="spearman",
        metric_label="Spearman",
        chance=0.0,
        splitter="loso",
        n_folds=4,
        n_clips=36,
        n_speakers=4,
        fold_hash="00aa11bb22cc33dd44ee",
        rows=(made("timing", "linear", 0.412, None), made(NASTY, "svm", -0.0712, -0.4832)),
        findings=(
            Finding("FB008", "4 held-out speakers are fewer than 5: no interval is given."),
            Finding("FB010", "The speech is synthetic."),
        ),
        excluded=tuple(Exclusion(f"clip-{n}{NASTY}", f"reason {n % 2} {NASTY}") for n in range(5)),
        curves=(),
        badge="synthetic speech",
    )


def failed_task() -> TaskBoard:
    """Every row failed."""
    base = level_task()
    return dataclasses.replace(
        base, name="ravdess/emotion/level", badge="acted", rows=base.rows[-1:], curves=(), findings=(), excluded=()
    )


def baselines(base: TaskBoard) -> list[Row]:
    """A row of each kind; clip duration alone cannot be told apart from the best."""
    name = "wav2vec2[checkpoint=untrained[size=base]]"
    made = [
        row("constant", "", "dummy", 1 / 3, 0.652, baseline="constant", null=Value(1 / 3, 1 / 3, 1 / 3)),
        row("duration", "", "linear", 0.64, 0.652, baseline="duration", difference=Value(-0.012, -0.05, 0.03)),
        row("loudness", "", "linear", 0.41, 0.652, baseline="loudness", null=Value(0.34, 0.29, 0.39)),
        row(
            name,
            "best",
            "linear",
            0.327,
            0.652,
            baseline="permuted",
            difference=None,
            stands="",
            null=Value(0.333, 0.29, 0.378),
        ),
    ]
    return [one if one.null else dataclasses.replace(one, null=Value(0.35, 0.3, 0.401)) for one in made]


def cross_task() -> TaskBoard:
    """From corpora to another: everything that a board of issue 3 can hold, and the first row does not stay first."""
    base = level_task()
    rows = [
        one if one.status == "failed" else dataclasses.replace(one, null=Value(0.35 + 0.001 * n, 0.3 + 0.001 * n, 0.4))
        for n, one in enumerate(base.rows)
    ]
    order = sorted([*rows[:-1], *baselines(base)], key=lambda one: -one.metrics["uar"].value)
    readings = [
        ("circumplex", 0.994, 0.981, "egemaps linear"),
        ("activation", 0.964, 0.9, "egemaps linear"),
        ("pad", 0.886, 0.61, "wav2vec2[checkpoint=untrained[size=base]]@best linear"),
        ("energetic", 0.778, -0.132, "compare svm"),
    ]
    return dataclasses.replace(
        base,
        name="ravdess[actors=odd]+emodb[release=audformat]+tess+iemocap[improvised]:crema[sentences=all]/fatigue-proxy/level",
        rows=(*order, rows[-1]),
        card={"trained on": "ravdess[actors=odd], emodb, tess and iemocap", "tested on": "crema", **base.card},
        caution="Speakers come in dyads; intervals and tests treat the dyads as independent.",
        stability=Stability("egemaps linear", tuple(VariantBoard(f"fatigue-proxy-{name}", *rest) for name, *rest in readings)),
        findings=(*base.findings, Finding("FB018", "Speakers come in dyads; intervals treat the dyads as independent.")),
    )


def stable_task() -> TaskBoard:
    """The same, and the first row stays first under four of five readings; no baseline comes near."""
    base = cross_task()
    assert base.stability is not None
    kept = tuple(dataclasses.replace(one, first="egemaps linear") for one in base.stability.variants[:3])
    return dataclasses.replace(
        base,
        name="odd:even/fatigue-proxy/level",
        track="speaker",
        rows=tuple(one for one in base.rows if one.baseline != "duration"),
        stability=Stability("egemaps linear", (*kept, base.stability.variants[3])),
    )


def nameless_task() -> TaskBoard:
    """A corpus that does not say who speaks: no speakers, no intervals, no null bands, baselines even so."""
    target = Target("kss", "measured", "How sleepy the speakers said they were.", (), (1.0, 9.0), "KSS")

    def made(name: str, number: float, baseline: str = "") -> Row:
        shift = None if number == 0.31 else Value(number - 0.31)
        return Row(
            fingerprint="1" * 20,
            feature_set=name,
            layer="",
            model="linear",
            seed=0,
            status="done",
            metrics={"spearman": Value(number), "ccc": Value(number - 0.02)},
            difference=shift,
            baseline=baseline,
        )

    return TaskBoard(
        name="sleep/kss/score",
        form="score",
        track="open",
        target=target,
        card={"name": "sleep", "about": "Continuous sleepiness."},
        metric="spearman",
        metric_label="Spearman",
        chance=0.0,
        splitter="official",
        n_folds=1,
        n_clips=5570,
        n_speakers=0,
        fold_hash="aa" * 10,
        rows=(made("egemaps", 0.31), made("duration", 0.12, "duration"), made("constant", float("nan"), "constant")),
        findings=(Finding("FB008", "Nobody knows who speaks: no interval is given."),),
        excluded=(),
        curves=(),
        badge="",
    )


def make_board(*tasks: TaskBoard) -> Board:
    return Board(
        command="fatigue-bench run --corpora 'ravdess=my recordings' --tasks ravdess/fatigue-proxy --features egemaps --seed 0",
        versions={"fatigue-bench": "0.1.0", "numpy": "2.4.1", "scikit-learn": "1.8.0"},
        seed=0,
        jobs_done=40,
        jobs_failed=2,
        jobs_waiting=0,
        partial="",
        tasks=tasks,
    )


@pytest.fixture(scope="session")
def board() -> Board:
    """Three tasks: a full one, one without intervals, one where all failed."""
    return make_board(level_task(), score_task(), failed_task())


@pytest.fixture(scope="session")
def full() -> Board:
    """Three tasks with baselines; two of them across corpora, with null bands, a caution and other readings of the label."""
    return make_board(cross_task(), stable_task(), nameless_task())


@pytest.fixture(scope="session")
def tiered() -> Board:
    """One task whose rows have tiers by their values; the second task says why it has none."""
    task = level_task()
    rows = (
        r if r.status == "failed" else dataclasses.replace(r, tier=1 + int(r.metrics["uar"].value < 0.62)) for r in task.rows
    )
    why = "There are no tiers with fewer than 6 held-out speakers."
    return make_board(dataclasses.replace(task, rows=tuple(rows)), dataclasses.replace(level_task(), name="b/c", untiered=why))


@pytest.fixture(scope="session")
def single() -> Board:
    """One task only."""
    return make_board(level_task())


@pytest.fixture(scope="session")
def nasty() -> str:
    """A text that breaks a careless view."""
    return NASTY


@pytest.fixture(scope="session")
def wide() -> Board:
    """Eight tasks of some forty rows, each under a name of its own."""
    return make_board(*(dataclasses.replace(level_task(), name=f"corpus-{n}/fatigue-proxy/level") for n in range(8)))


def calibration(brier: float, bins: int = 10) -> Calibration:
    """As a careful model has it: a little too sure of itself."""
    made = tuple(ReliabilityBin(0.35 + 0.06 * n, 0.33 + 0.052 * n, 72 - n) for n in range(bins))
    return Calibration(value(brier, 0.03), 0.661, 0.041, 0.032, made)


def coverage(width: float, speakers: tuple[str, ...] = SPEAKERS, approximate: bool = True) -> Coverage:
    """Too narrow for some speakers."""
    shares = {name: 0.55 + 0.4 * wave(n) for n, name in enumerate(speakers)}
    return Coverage(0.8, value(0.76, 0.07), shares, width, approximate)


def measured_task() -> TaskBoard:
    """The score form of twelve speakers, with intervals of the clips' scores, and seeds of the models that draw."""
    base = score_task()
    made = []
    for place, (name, model) in enumerate((("egemaps", "linear"), ("timing", "head"), (NASTY, "xgboost"))):
        row = dataclasses.replace(
            base.rows[0],
            feature_set=name,
            model=model,
            metrics={"spearman": value(0.44 - 0.03 * place)},
            difference=value(-0.03 * place) if place else None,
            by_speaker={speaker: 0.4 for speaker in SPEAKERS},
            coverage=coverage(3.2 + place, approximate=place > 0),
            seeds=tuple((n, 0.44 - 0.03 * place + 0.02 * wave(n)) for n in range(5)) if place else (),
        )
        made.append(row)
    return dataclasses.replace(
        base, rows=tuple(made), n_speakers=12, target=dataclasses.replace(base.target, scale=(1.0, 9.0)), name="a/kss/score"
    )


def calibrated_task() -> TaskBoard:
    """The level form, the first rows with probabilities."""
    base = level_task()
    rows = [dataclasses.replace(row, calibration=calibration(0.52 + 0.06 * n)) for n, row in enumerate(base.rows[:3])]
    return dataclasses.replace(base, rows=(*rows, *base.rows[3:]))


@pytest.fixture(scope="session")
def trusted() -> Board:
    """Two tasks whose rows have probabilities, or intervals; and one whose speakers nobody knows."""
    nameless = nameless_task()
    rows = [dataclasses.replace(row, coverage=Coverage(0.8, Value(0.81), {}, 4.1, True)) for row in nameless.rows]
    return make_board(calibrated_task(), measured_task(), dataclasses.replace(nameless, rows=tuple(rows)))


def swept(model: str, lag: float, n_layers: int = 13) -> Sweep:
    """A hump over the layers with everything beside it that a sweep can have; layers 4 to 7 beat the last one."""
    name = "wav2vec2[checkpoint=facebook/wav2vec2-base]"

    def hump(shift: float) -> dict[str, Value]:
        return {str(n): value(round(0.42 + 0.17 * math.sin((n + 1) / 4.5) - lag - shift, 3)) for n in range(n_layers)}

    values = hump(0.0)
    more = {"best": 0.56, "mean": 0.575, "concat": 0.57}
    more |= {f"0-{k}": 0.5 + 0.006 * k for k in range(1, n_layers - 1)}
    more |= {f"without-{k}": 0.575 - 0.002 * (k % 5) for k in range(n_layers)}
    poolings = (("std", 0.03), ("max", 0.06), ("voiced", 0.01), ("mean_std", -0.01))
    rivals = (
        Rival("control", "untrained[like=facebook/wav2vec2-base]", model, hump(0.1), tuple(range(3, 9)), (12,)),
        Rival("reference", "egemaps", model, {"": value(0.55)}, (), (12,)),
        Rival("weighted", name, "head", {"": value(0.58)}, (), (0, 12)),
        *(
            Rival("pooling", f"{name[:-1]},pooling={p}]", model, hump(shift), (2,) if p == "max" else ())
            for p, shift in poolings
        ),
    )
    return Sweep(
        name,
        model,
        "mean",
        values | {layer: value(round(number - lag, 3)) for layer, number in more.items()},
        (*((str(n), "12") for n in range(4, 8)), ("mean", "12"), ("mean", "0-1")),
        Value(0.2, 0.11, 0.28),
        rivals,
        (5, 5, 5, 6, 5, 5, 4, 5, 6, 5, 5, 3),
        n_pairs=237,
    )


def layered_task() -> TaskBoard:
    """A trained encoder with its control and all that `ablate` runs; a small untrained one without intervals or family."""
    base = cross_task()
    weights = tuple(tuple(round(1 / 13 + 0.01 * math.sin(n + fold), 6) for n in range(13)) for fold in range(12))
    trained = LayerBoard(
        "wav2vec2[checkpoint=facebook/wav2vec2-base]", True, (swept("linear", 0.0), swept("svm", 0.02)), weights, "head", 1
    )
    few = Sweep("untrained", "linear", "", {str(n): Value(0.4 + 0.02 * n) for n in range(5)}, chosen=(2, 2, 2, 2))
    return dataclasses.replace(base, layers=(trained, LayerBoard("untrained", False, (few,))))


@pytest.fixture(scope="session")
def layered() -> Board:
    """Two tasks, the first with layer boards of two encoders."""
    return make_board(layered_task(), score_task())
