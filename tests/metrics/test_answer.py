import numpy as np
import pytest

from bench.base.error import BenchError
from bench.metrics.answer import Answers, speaker_names


def test_speaker_codes_follow_the_sorted_names():
    speakers = ["carl", "ann", "carl", "bob"]
    answers = Answers.of([1, 2, 3, 4], [1, 2, 3, 4], speakers)
    assert [speaker_names(speakers)[code] for code in answers.speakers] == speakers
    assert answers.n_speakers == 3
    assert answers.form == "score"


def test_present_levels_are_those_of_truth():
    answers = Answers.of([0, 2, 2], [1, 1, 1], ["a", "b", "b"], n_levels=4)
    assert (answers.n_levels, answers.n_present) == (4, 2)


@pytest.mark.parametrize(
    ("guess", "n_levels", "sentence"),
    [
        ([0.0, np.nan], 0, "clip number 1 is nan .* finite number"),
        ([np.inf, 0.0], 0, "clip number 0 is inf"),
        ([0, 3], 3, "clip number 1 is 3 .* level code from 0 to 2"),
        ([0.5, 1], 3, "clip number 0 is 0.5"),
        ([-1, 1], 3, "clip number 0 is -1"),
    ],
)
def test_a_useless_guess_is_named(guess, n_levels, sentence):
    with pytest.raises(BenchError, match=sentence):
        Answers.of([0, 1], guess, ["a", "b"], n_levels=n_levels)


@pytest.mark.parametrize(("truth", "speakers"), [([0, 1, 1], ["a", "b"]), ([], [])])
def test_shapes_must_agree_and_hold_a_clip(truth, speakers):
    with pytest.raises(ValueError, match="one length above 0"):
        Answers.of(truth, truth[:2], speakers)


def test_speaker_codes_must_all_occur():
    with pytest.raises(ValueError, match="each occurring"):
        Answers(np.zeros(2), np.zeros(2), np.array([0, 2]))
    with pytest.raises(ValueError, match="truth of clip number 1 is 7"):
        Answers.of([0, 7], [0, 1], ["a", "b"], n_levels=3)
