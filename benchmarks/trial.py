"""One trial on one simulated corpus: what `known_truth.py` counts over many. Every trial takes its own random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from bench.corpora.corpus import Form
from bench.metrics.answer import Answers
from bench.metrics.interval import interval, paired, speaker_draws
from bench.metrics.metric import PRIMARY, Weights
from bench.metrics.permutation import null_values
from bench.metrics.tier import alpha, compare
from bench.models.recipe import ModelRecipe
from bench.runs.fold_fit import tell
from bench.runs.tuning import fitted
from benchmarks.simulation import FIRST, STRENGTH, Closed, Design, Test, Trained, Voices, train, value

Record = dict[str, float]
Board = Callable[[Form, Sequence[float], int, np.random.Generator], tuple[Voices, list[Trained]]]

# strengths of a worse row and of the others: .10 of UAR apart, and so far apart that a pilot says 80 % are found
TENTH, WEAKER = (0.13, STRENGTH), (0.12, 0.4)
LAYERS = (0.16, 0.24, 0.29, 0.30, 0.28, 0.22)  # strengths; three of them differ little
TRULY_BEST = 3
WHOLE = 0.3  # share of corpora on which a model is trained on all speakers, too


@cache
def weights(n_speakers: int) -> Weights:
    """Draws of speakers; the same for every corpus, as they are for every row of a board."""
    return speaker_draws(n_speakers)


def coverage(form: Form, n_speakers: int, recipe: ModelRecipe, rng: np.random.Generator, design: Design = FIRST) -> Record:
    """One corpus and its interval; what the folds' models, and one trained on all speakers, are worth on fresh speakers."""
    voices, test = Voices.draw(n_speakers, rng, design), Test.draw(STRENGTH, rng, design=design)
    problem = voices.problem(form, voices.columns(STRENGTH, rng))
    trained = train(recipe, problem, voices.folds(), test)
    found = interval(PRIMARY[form], voices.answers(form, trained.guess), weights(n_speakers), mutual=n_speakers)
    rows = np.arange(len(problem.y))
    whole = train(recipe, problem, [(rows, rows[:0])], test).fresh if rng.random() < WHOLE else np.nan
    return {**found._asdict(), "fresh": trained.fresh, "whole": whole}


def here(
    form: Form, strengths: Sequence[float], n_speakers: int, rng: np.random.Generator, design: Design = FIRST
) -> tuple[Voices, list[Trained]]:
    """Rows on one corpus, trained on it fold by fold, with default parameters throughout, as tuning is what takes long."""
    voices, others = Voices.draw(n_speakers, rng, design), Voices.draw(100, rng, design)
    folds, seen, rows = voices.folds(), set[float](), []
    for strength in strengths:
        problem = voices.problem(form, voices.columns(strength, rng))
        test = Test(others, others.columns(strength, rng)) if strength not in seen else None  # one of each kind will do
        rows.append(train(Closed(), problem, folds, test, tuning=False))
        seen.add(strength)
    return voices, rows


def elsewhere(
    form: Form, strengths: Sequence[float], n_speakers: int, rng: np.random.Generator
) -> tuple[Voices, list[Trained]]:
    """Rows on one corpus that were trained on another, large one; those of equal strength are equally good, exactly."""
    voices, others = Voices.draw(n_speakers, rng), Voices.draw(100, rng)
    rows = []
    for strength in strengths:
        rater = _rater(form, strength)
        worth = value(form, others, rater.predict(others.columns(strength, rng)))
        rows.append(Trained(rater.predict(voices.columns(strength, rng)), (worth,), ()))
    return voices, rows


@cache
def _rater(form: Form, strength: float) -> Any:
    rng = np.random.default_rng(12)
    voices = Voices.draw(400, rng)
    return fitted(Closed(), Closed().default(form), voices.problem(form, voices.columns(strength, rng)), 0)


def coverage_elsewhere(form: Form, n_speakers: int, rng: np.random.Generator) -> Record:
    """One corpus, and the interval of a row that was trained on another."""
    voices, (row,) = elsewhere(form, [STRENGTH], n_speakers, rng)
    found = interval(PRIMARY[form], voices.answers(form, row.guess), weights(n_speakers))
    return {**found._asdict(), "fresh": row.fresh, "whole": np.nan}


def alarm(form: Form, n_speakers: int, rows_of: Board, rng: np.random.Generator) -> Record:
    """The smallest p among 5, and among 15 rows that are as good as each other."""
    voices, rows = rows_of(form, [STRENGTH] * 15, n_speakers, rng)
    answers = [voices.answers(form, row.guess) for row in rows]
    return {"five": _smallest_p(answers[:5]), "fifteen": _smallest_p(answers)}


def _smallest_p(answers: Sequence[Answers]) -> float:
    found = compare(answers)
    assert found is not None
    return float(found.p.min())


def power(form: Form, n_speakers: int, strengths: tuple[float, float], rows_of: Board, rng: np.random.Generator) -> Record:
    """Five rows, the first of which is worse: its tier, and by how much it is worse."""
    voices, rows = rows_of(form, [strengths[0]] + [strengths[1]] * 4, n_speakers, rng)
    found = compare([voices.answers(form, row.guess) for row in rows])
    assert found is not None
    level = alpha(n_speakers, mutual=rows_of is not elsewhere)
    seen = value(form, voices, rows[1].guess) - value(form, voices, rows[0].guess)
    return {"tier": found.tiers(level)[0], "planted": rows[1].fresh - rows[0].fresh, "measured": seen}


def layer(form: Form, n_speakers: int, rng: np.random.Generator) -> Record:
    """What is reported for a layer chosen by inner folds, chosen on test, and fixed; and what each is worth.

    The layer of an outer fold is the one whose best candidate did best on the inner folds, of equal ones the lowest: the rule
    of ``@best``.
    """
    voices, others = Voices.draw(n_speakers, rng), Voices.draw(100, rng)
    folds = voices.folds()
    found = []
    for strength in LAYERS:
        problem = voices.problem(form, voices.columns(strength, rng))
        found.append(train(Closed(), problem, folds, Test(others, others.columns(strength, rng))))
    inner = [min((-one.tuned[fold], place) for place, one in enumerate(found))[1] for fold in range(len(folds))]
    guess = found[0].guess.copy()
    for place, (_, tested) in zip(inner, folds, strict=True):
        guess[tested] = found[place].guess[tested]
    reported = [value(form, voices, one.guess) for one in found]
    best = int(np.argmax(reported))
    return {
        "inner": value(form, voices, guess),
        "inner_worth": float(np.mean([found[place].by_fold[fold] for fold, place in enumerate(inner)])),
        "test": reported[best],
        "test_worth": found[best].fresh,
        "fixed": reported[TRULY_BEST],
        "fixed_worth": found[TRULY_BEST].fresh,
    }


def null(form: Form, n_speakers: int, rows_of: Board, rng: np.random.Generator) -> Record:
    """A row without an effect, beside the bounds that permuted labels give it."""
    voices, (row,) = rows_of(form, [0.0], n_speakers, rng)
    answers = voices.answers(form, row.guess)
    low, high = np.quantile(null_values(answers)(answers.guess.astype(float)), [0.025, 0.975])
    return {"value": PRIMARY[form].value(answers), "low": float(low), "high": float(high)}


def difference(form: Form, n_speakers: int, rows_of: Board, rng: np.random.Generator) -> Record:
    """The paired interval of the difference of two rows, and the difference on fresh speakers."""
    voices, rows = rows_of(form, [STRENGTH, 0.2], n_speakers, rng)
    one, other = (voices.answers(form, row.guess) for row in rows)
    found = paired(PRIMARY[form], one, other, weights(n_speakers), mutual=0 if rows_of is elsewhere else n_speakers)
    return {**found._asdict(), "fresh": rows[0].fresh - rows[1].fresh}


def cover(n_speakers: int, rng: np.random.Generator) -> Record:
    """The share of clips of fresh speakers whose score lies in its CV+ interval, and how wide these are."""
    voices, test = Voices.draw(n_speakers, rng), Test.draw(STRENGTH, rng, 40)
    problem = voices.problem("score", voices.columns(STRENGTH, rng))
    bounds = tell(Closed(), problem, test.X, 0).interval(problem.y)
    assert bounds is not None
    truth = test.voices.y("score")
    return {
        "inside": float(((bounds[0] <= truth) & (truth <= bounds[1])).mean()),
        "width": float((bounds[1] - bounds[0]).mean()),
    }
