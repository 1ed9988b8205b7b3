"""Trials: what is raised and what is done to the global generators is told, once."""

import random

import numpy as np

from bench.runs.trial import Trial, faults_of, missing_method


def asks(*calls):
    return [Trial(f"Asked {n}", call) for n, call in enumerate(calls)]


def doing(call):
    """A trial without a fault of its own that does something beside."""

    def ask():
        call()
        return []

    return ask


def test_what_is_given_before_something_is_raised_is_kept():
    def ask():
        yield "It is late."
        raise KeyError("x")

    assert faults_of(asks(ask, ask)) == ["It is late.", "Asked 0, it raised KeyError: 'x'.", "It is late."]


def test_nothing_else_is_tried_after_a_fault_that_stops():
    called = []
    trials = [Trial("First", lambda: ["No."], stops=True), Trial("Second", lambda: called.append(1) or [])]
    assert (faults_of(trials), called) == (["No."], [])


def test_a_missing_method_is_told_with_the_one_that_was_meant():
    class Base:
        def extract(self): ...

    class Whole(Base):
        def extract(self): ...

    class Other(Base):
        def breath(self): ...

    assert missing_method(Whole(), Base, "extract") == ""
    assert missing_method(Other(), Base, "extract") == "It has no method `extract`. Write it."


def test_leaving_the_process_is_a_fault():
    assert faults_of(asks(doing(lambda: exit("bye")))) == ["Asked 0, it raised SystemExit: bye."]


def test_writing_into_what_is_lent_has_a_sentence_of_its_own():
    lent = np.zeros(3)
    lent.flags.writeable = False
    (fault,) = faults_of(asks(doing(lambda: lent.__setitem__(0, 1.0))))
    assert fault.startswith("Asked 0, it tried to change the samples that it was given;")


def test_seeding_is_a_fault_and_drawing_is_none():
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        drawn = faults_of(asks(doing(random.random), doing(lambda: np.random.rand(5000)), doing(lambda: np.random.rand(3))))  # noqa: NPY002
        assert drawn == []
        for seed in (random.seed, np.random.seed):
            (fault,) = faults_of(asks(doing(lambda seed=seed: seed(1)), doing(lambda seed=seed: seed(2))))
            name = "numpy.random" if seed is np.random.seed else "random"
            assert fault.startswith(f"Asked 0, it seeded the global generator of {name};")
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002
