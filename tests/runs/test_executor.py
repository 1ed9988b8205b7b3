"""The executor: the same outcomes whatever the number of processes, each with one numerical thread."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest

from bench.base.error import BenchError
from bench.runs.executor import execute
from tests.runs.conftest import make_corpus, make_run, make_work, signal


@pytest.fixture
def work(given, plugin_file, tmp_path):
    run = make_run(corpus=make_corpus(4))
    values = signal(run.task.speakers().tolist(), run.task.y())
    return make_work(tmp_path, given.Given(), values, run, plugins=(plugin_file,))


def test_in_one_process_works_are_done_in_order(work):
    works = [dataclasses.replace(work, job=f"j{n}", model=model) for n, model in enumerate(("dummy", "linear", "failing"))]
    done = list(execute(works, 1))
    assert [one.job for one, _ in done] == ["j0", "j1", "j2"]
    assert [outcome.error for _, outcome in done] == ["", "", "ZeroDivisionError: nothing to divide"]
    np.testing.assert_array_equal(done[0][1].guess, 5.0)  # the median of 1, 2, 4, 6, 8 and 9


def test_outcomes_are_given_as_soon_as_they_are_there(work):
    running = execute([work, dataclasses.replace(work, model="failing")], 1)
    assert next(running)[1].error == ""
    assert next(running)[1].error
    assert next(running, None) is None


def test_nothing_to_do_is_done_at_once():
    assert list(execute([], 1)) == list(execute([], 2)) == []


def test_a_model_has_one_thread_and_the_caller_gets_its_own_back(work, monkeypatch):
    import sklearn.svm  # noqa: F401  # so that the libraries whose threads are counted are loaded
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline
    from threadpoolctl import threadpool_info, threadpool_limits

    from bench.models.recipe import MODELS, ModelRecipe

    seen = []

    class Count(BaseEstimator):
        def fit(self, X, y):
            seen.extend(pool["num_threads"] for pool in threadpool_info())
            self.fitted_ = True
            return self

        def predict(self, X):
            return np.zeros(len(X))

    class Counting(ModelRecipe):
        name = "counting"
        version = "1"

        def build(self, form, seed, n_layers=1):
            return Pipeline([("model", Count())])

    MODELS.add(Counting)
    with threadpool_limits(2):
        before = [pool["num_threads"] for pool in threadpool_info()]
        list(execute([dataclasses.replace(work, model="counting")], 1))
        assert [pool["num_threads"] for pool in threadpool_info()] == before
    assert set(seen) == {1}
    assert 2 in before


def test_two_processes_give_what_one_gives(work):
    models = ("dummy", "linear", "failing", "dummy")
    works = [dataclasses.replace(work, job=f"j{n}", model=model, seed=n) for n, model in enumerate(models)]
    alone = {one.job: outcome for one, outcome in execute(works, 1)}
    together = {one.job: outcome for one, outcome in execute(works, 2)}
    assert set(together) == set(alone)
    for job, outcome in alone.items():
        found = together[job]
        assert found.guess.tobytes() == outcome.guess.tobytes()
        assert (found.error, found.chosen, found.findings) == (outcome.error, outcome.chosen, outcome.findings)


def test_a_worker_that_is_killed_is_told(work, tmp_path):
    file = tmp_path / "killed.py"
    file.write_text(
        "import os\nimport bench\n\n\nclass Killed(bench.ModelRecipe):\n    name = 'killed'\n    version = '1'\n\n"
        "    def build(self, form, seed, n_layers=1):\n        os._exit(1)\n"
    )
    works = [dataclasses.replace(work, plugins=(*work.plugins, file), model="killed")] * 2
    with pytest.raises(BenchError, match=r"A worker process was killed.*Run again, with fewer --jobs"):
        list(execute(works, 2))


def test_a_numerical_library_that_is_first_needed_by_a_fit_has_one_thread_too():
    code = (
        "from threadpoolctl import threadpool_info\nfrom bench.runs import executor\n"
        "def fit(work):\n    import scipy.linalg\n    return {pool['num_threads'] for pool in threadpool_info()}\n"
        "executor.fit = fit\nprint([told for _, told in executor.execute([None], 1)])"
    )
    several = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=several)
    assert done.stdout.strip() == "[{1}]"
