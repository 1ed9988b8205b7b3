"""The chamber: what is answered until it ends, and why it ended."""

import sys
import time

import pytest

from bench.runs.chamber import Limits, ask

MODULE = """
import os
import sys
import time


def answer(respondent):
    for word in respondent.question["words"]:
        exec(word)
    respondent.end()


def deaf(respondent):
    respondent.say(one=1)
    os.close(respondent._line)
    time.sleep(60)
"""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    (tmp_path / "own_answers.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def ask_for(*words, function="answer", **limits):
        return ask(("own_answers", function), {"words": words}, Limits(**{"line_s": 20.0, **limits}))

    return ask_for


def test_lines_come_in_order_whatever_their_length(asked):
    answered = asked("respondent.say(n=1)", "respondent.say(text='x' * 300_000)", "print('not an answer')")
    assert [len(str(line)) > 300_000 for line in answered.lines] == [False, True, False]
    assert (answered.lines[0], answered.lines[-1], answered.broken) == ({"n": 1}, {"end": True}, "")


def test_what_was_answered_before_it_broke_is_kept(asked):
    for words, broken in (
        ("os._exit(0)", "ended with code 0"),
        ("raise ValueError('not today')", "ended with code 1 (ValueError: not today)"),
        ("os.kill(os.getpid(), 9)", "crashed with SIGKILL, as happens when memory runs out"),
        ("os.write(respondent._line, b'noise\\n'); os._exit(4)", "ended with code 4"),
    ):
        answered = asked("respondent.say(n=1)", words)
        assert (answered.lines[0], answered.broken) == ({"n": 1}, broken)


def test_each_line_has_its_time_and_ours_has_more(asked):
    slow = asked("respondent.say(n=1)", "time.sleep(60)", line_s=0.5)
    assert (slow.lines, slow.broken) == (({"n": 1},), "did not answer within 0.5 s")
    ours = asked("respondent.say(ours=True)", "time.sleep(1)", line_s=0.5)
    assert ours.broken == ""
    steady = asked(*["respondent.say(n=1)", "time.sleep(0.3)"] * 4, line_s=1.0)
    assert (len(steady.lines), steady.broken) == (5, "")


def test_all_lines_together_have_their_time_too(asked):
    start = time.monotonic()
    assert asked("while True: respondent.say(n=1); time.sleep(0.05)", whole_s=2.0).broken == "did not end within 2 s"
    assert time.monotonic() - start < 20


def test_who_closes_the_line_is_still_ended(asked):
    answered = asked(function="deaf", line_s=0.5)
    assert (answered.lines, answered.broken) == (({"one": 1},), "did not answer within 0.5 s")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_is_bounded(asked):
    answered = asked("kept = []\nwhile True: kept.append(bytearray(1 << 20))", memory=200 << 20)
    assert answered.broken == "took more than 0.2 GiB of memory"


def test_who_prints_without_end_is_ended(asked):
    answered = asked("while True: print('x' * 1_000_000)")
    assert answered.broken == "printed more than 64 MiB"
