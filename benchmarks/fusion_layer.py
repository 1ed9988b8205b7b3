"""Should the layer of an encoder be chosen alone or beside the cues that it is fused with? Counted on simulated corpora.

    python benchmarks/fusion_layer.py [--corpora N] [--speakers N]

A state has six sides, three of which the cues tell. In one design all layers of the encoder tell all sides alike. In the other
the first layers tell what the cues tell, and the last ones the rest, a little less well. Both ways choose by inner folds of
whole speakers; what they chose is fitted on all, and asked of forty speakers who were not heard.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # Python puts the folder of a script first, and `benchmarks` lies in the one above.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

import argparse
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import Answers
from bench.metrics.metric import METRICS
from bench.models.linear import Linear
from bench.runs.tuning import Problem, fit_predict, tune

SIDES, LAYERS, LEVELS, FRESH, CLIPS = 6, 9, 3, 40, 24
Floats = npt.NDArray[np.float64]


class Spoken(NamedTuple):
    """Clips of some speakers: cues, the columns of each layer, the level, and who speaks."""

    cues: Floats
    layers: list[Floats]
    y: npt.NDArray[np.int64]
    speakers: npt.NDArray[np.str_]


class World:
    """What is told by which columns: the same for those who train and those who are asked."""

    def __init__(self, rng: np.random.Generator, alike: bool) -> None:
        self.rng, self.level = rng, rng.normal(size=(SIDES, LEVELS))
        self.cues = rng.normal(size=(SIDES, 20)) * (np.arange(SIDES) < 3)[:, None]
        first = np.arange(SIDES) < 3
        told = [np.where(first, 1.0 - depth, 0.8 * depth) for depth in np.linspace(0.0, 1.0, LAYERS)]
        told = [np.full(SIDES, 0.6)] * LAYERS if alike else told
        self.layers = [rng.normal(size=(SIDES, 40)) * own[:, None] for own in told]

    def speak(self, n_speakers: int) -> Spoken:
        """Clips of fresh speakers, each with a voice of its own."""
        n = n_speakers * CLIPS
        who = np.repeat(np.arange(n_speakers), CLIPS)
        state = self.rng.normal(size=(n, SIDES))
        y = (state @ self.level + self.rng.normal(size=(n, LEVELS))).argmax(axis=1)
        heard = [self._heard(state, how, who, n_speakers) for how in (self.cues, *self.layers)]
        return Spoken(heard[0], heard[1:], y, np.array([f"s{code}" for code in who]))

    def _heard(self, state: Floats, how: Floats, who: npt.NDArray[np.int64], n_speakers: int) -> Floats:
        voice = self.rng.normal(size=(n_speakers, how.shape[1]))[who]
        return np.asarray(state @ how + voice + 2.0 * self.rng.normal(size=voice.shape), dtype=np.float64)


def asked(told: Spoken, fresh: Spoken) -> tuple[float, float]:
    """UAR of the fusion on fresh speakers, with the layer chosen alone and chosen beside the cues."""

    def problem(X: Floats) -> Problem:
        return Problem("level", LEVELS, X.astype(np.float32), told.y, told.speakers)

    beside = [np.concatenate([told.cues, layer], axis=1) for layer in told.layers]
    found = []
    for columns in (told.layers, beside):
        reached = [tune(Linear(), problem(X), 0).value or 0.0 for X in columns]
        best = int(np.argmax(reached))
        train, test = problem(beside[best]), np.concatenate([fresh.cues, fresh.layers[best]], axis=1).astype(np.float32)
        guess, _ = fit_predict(Linear(), tune(Linear(), train, 0).parameters, train, test, 0)
        found.append(METRICS["uar"].value(Answers.of(fresh.y, guess, fresh.speakers.tolist(), LEVELS)))
    return found[0], found[1]


def main() -> None:
    """Print both designs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=int, default=100)
    parser.add_argument("--speakers", type=int, default=12)
    given = parser.parse_args()
    for alike in (True, False):
        found = []
        for seed in range(given.corpora):
            world = World(np.random.default_rng([seed, alike]), alike)
            found.append(asked(world.speak(given.speakers), world.speak(FRESH)))
        alone, beside = np.array(found).T
        gain = beside - alone
        error = gain.std(ddof=1) / np.sqrt(len(gain))
        design = "layers alike" if alike else "layers differ"
        print(f"{design:<14} alone {alone.mean():.3f}  beside {beside.mean():.3f}  gain {gain.mean():+.4f} ± {error:.4f}")


if __name__ == "__main__":
    main()
