"""Bars on a terminal, silence in a pipe."""

import os
import pty
import subprocess
import sys

from rich.progress import Progress as Bars

from bench.runs.progress import Quiet
from bench.views.progress import Bar

CODE = """
import sys
from bench.views.progress import watching
with watching() as progress:
    progress.stage("clips", 3)
    for done in range(1, 4):
        progress.step(done, f"clip-{done}")
print(type(progress).__name__, "rich" in sys.modules)
"""


def test_in_a_pipe_it_is_quiet_and_loads_nothing():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["Quiet", "False"]
    assert done.stderr == ""


def test_on_a_terminal_it_draws_on_standard_error_alone():
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    drawn = b""
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:  # how a terminal says that its last writer is gone
            break
        if not more:
            break
        drawn += more
    os.close(ours)
    said = process.communicate()[0]
    assert process.returncode == 0
    assert said.split() == [b"Bar", b"True"]
    assert b"clips" in drawn
    assert b"3/3" in drawn
    assert b"clip-3" in drawn


def test_each_stage_is_a_bar_of_its_own():
    bar = Bar(Bars(disable=True))
    bar.step(5)
    bar.stage("clips", 10)
    bar.step(4, "a.wav")
    bar.stage("jobs", 3)
    bar.step(3, "egemaps linear")
    bar.step(2)
    shown = [(task.description, task.total, task.completed, task.fields["what"]) for task in bar.bars.tasks]
    assert shown == [("clips", 10, 4, "a.wav"), ("jobs", 3, 2, "")]


def test_quiet_takes_the_same_words_and_says_nothing(capfd):
    quiet = Quiet()
    quiet.stage("clips", 3)
    quiet.step(1, "a.wav")
    assert capfd.readouterr() == ("", "")
