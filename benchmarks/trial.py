"""One trial on one simulated corpus: what `statistics.py` counts over many. Every trial takes its own random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from bench.corpora.corpus import Form
from bench.metrics.answer import Answers
from bench.metrics.interval import interval, paired, speaker_draws
from bench.metrics.metric import PRIMARY, Weights
from bench.metrics.permutation import null_values
from bench.metrics.tier import compare
from bench.models.recipe import ModelRecipe
from benchmarks.simulation import STRENGTH, Closed, Test, Trained, Voices, train, value

Record = dict[str, float]

WEAKER = 0.13  # strength of a worse row: in one pilot of 40 corpora its UAR lay .100 (error .003) below the others'
LAYERS = (0.16, 0.24, 0.29, 0.30, 0.28, 0.22)  # strengths; three of them differ little
TRULY_BEST = 3
WHOLE = 0.3  # share of corpora on which a model is trained on all speakers, too


@cache
def weights(n_speakers: int) -> Weights:
    """Draws of speakers; the same for every corpus, as they are for every row of a board."""
    return speaker_draws(n_speakers)


def n_folds(n_speakers: int) -> int:
    """Outer folds: 4 of few speakers, 5 of 20 and more."""
    return 4 if n_speakers < 20 else 5


def coverage(form: Form, n_speakers: int, recipe: ModelRecipe, rng: np.random.Generator) -> Record:
    """One corpus and its interval; what the folds' models, and one trained on all speakers, are worth on fresh speakers."""
    voices, test = Voices.draw(n_speakers, rng), Test.draw(STRENGTH, rng)
    problem = voices.problem(form, voices.columns(STRENGTH, rng))
    trained = train(recipe, problem, voices.folds(n_folds(n_speakers)), test)
    found = interval(PRIMARY[form], voices.answers(form, trained.guess), weights(n_speakers))
    rows = np.arange(len(problem.y))
    whole = train(recipe, problem, [(rows, rows[:0])], test).fresh if rng.random() < WHOLE else np.nan
    return {**found._asdict(), "fresh": trained.fresh, "whole": whole}


def board(form: Form, strengths: Sequence[float], n_speakers: int, rng: np.random.Generator) -> tuple[Voices, list[Trained]]:
    """Rows on one corpus, with default parameters throughout, as tuning is what takes long.

    What the first two are worth on fresh speakers is looked at only where strengths differ.
    """
    voices = Voices.draw(n_speakers, rng)
    folds, others = voices.folds(n_folds(n_speakers)), Voices.draw(100, rng)
    rows = []
    for place, strength in enumerate(strengths):
        test = Test(others, others.columns(strength, rng)) if len(set(strengths)) > 1 and place < 2 else None
        rows.append(train(Closed(), voices.problem(form, voices.columns(strength, rng)), folds, test, tuning=False))
    return voices, rows


def alarm(form: Form, n_speakers: int, rng: np.random.Generator) -> Record:
    """The smallest p among 5, and among 15 rows that are as good as each other."""
    voices, rows = board(form, [STRENGTH] * 15, n_speakers, rng)
    answers = [voices.answers(form, row.guess) for row in rows]
    return {"five": _smallest_p(answers[:5]), "fifteen": _smallest_p(answers)}


def _smallest_p(answers: Sequence[Answers]) -> float:
    found = compare(answers)
    assert found is not None
    return float(found.p.min())


def power(form: Form, n_speakers: int, rng: np.random.Generator) -> Record:
    """Five rows, the first of which is worse: its tier, and by how much it is worse."""
    voices, rows = board(form, [WEAKER] + [STRENGTH] * 4, n_speakers, rng)
    found = compare([voices.answers(form, row.guess) for row in rows])
    assert found is not None
    seen = value(form, voices, rows[1].guess) - value(form, voices, rows[0].guess)
    return {"tier": found.tiers()[0], "planted": rows[1].fresh - rows[0].fresh, "measured": seen}


def layer(form: Form, n_speakers: int, rng: np.random.Generator) -> Record:
    """What is reported for a layer chosen by inner folds, chosen on test, and fixed; and what each is worth.

    The layer of an outer fold is the one whose best candidate did best on the inner folds, of equal ones the lowest: the rule
    of ``@best``.
    """
    voices, others = Voices.draw(n_speakers, rng), Voices.draw(100, rng)
    folds = voices.folds(n_folds(n_speakers))
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


def null(form: Form, n_speakers: int, rng: np.random.Generator) -> Record:
    """A row without an effect, beside the bounds that permuted labels give it."""
    voices, (row,) = board(form, [0.0], n_speakers, rng)
    answers = voices.answers(form, row.guess)
    low, high = np.quantile(null_values(answers)(answers.guess.astype(float)), [0.025, 0.975])
    return {"value": PRIMARY[form].value(answers), "low": float(low), "high": float(high)}


def difference(form: Form, n_speakers: int, rng: np.random.Generator) -> Record:
    """The paired interval of the difference of two rows (FB007), and the difference on fresh speakers."""
    voices, others = Voices.draw(n_speakers, rng), Voices.draw(100, rng)
    folds = voices.folds(n_folds(n_speakers))
    rows = []
    for strength in (STRENGTH, 0.2):
        problem = voices.problem(form, voices.columns(strength, rng))
        rows.append(train(Closed(), problem, folds, Test(others, others.columns(strength, rng))))
    one, other = (voices.answers(form, row.guess) for row in rows)
    found = paired(PRIMARY[form], one, other, weights(n_speakers))
    return {**found._asdict(), "fresh": rows[0].fresh - rows[1].fresh}
