"""Progress: what a run tells whoever watches it."""

import inspect

import bench
from bench.runs.progress import Progress, Quiet


class Watch:
    def __init__(self):
        self.told = []

    def stage(self, name, total):
        self.told.append((name, total, []))

    def step(self, done, what=""):
        self.told[-1][2].append((done, what))


def test_a_run_tells_its_stages_and_how_far_it_is(recordings, tmp_path):
    watch = Watch()
    places = {"cache": tmp_path / "cache", "reports": tmp_path / "reports", "jobs": 1}
    bench.run(**recordings.keywords, **places, models=["dummy"], progress=watch)
    (clips, n_clips, clip_steps), (jobs, n_jobs, job_steps) = watch.told
    assert (clips, n_clips, jobs, n_jobs) == ("clips", 36, "jobs", 10)  # two forms, each with four baselines
    counts = [done for done, _ in clip_steps]
    assert counts == sorted(counts)
    assert counts[-1] == 36
    assert [done for done, _ in job_steps] == list(range(1, 11))
    assert {what for _, what in job_steps} >= {"tiny/kss/score zcr dummy (open)", "tiny/kss/level zcr dummy (open)"}
    again = Watch()
    bench.run(**recordings.keywords, **places, models=["dummy"], progress=again)
    assert [(name, total, steps) for name, total, steps in again.told if total] == []


def test_quiet_takes_what_progress_takes_and_says_nothing(capsys):
    quiet = Quiet()
    for name in ("stage", "step"):
        assert inspect.signature(getattr(Quiet, name)) == inspect.signature(getattr(Progress, name))
    quiet.stage("jobs", 2)
    quiet.step(1, "one")
    assert capsys.readouterr() == ("", "")
