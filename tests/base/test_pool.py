"""The pool: every call is made, in other processes with one thread each; a death is told."""

import os
import signal
import time
import warnings

import pytest
from threadpoolctl import threadpool_info

from bench.base.error import BenchError
from bench.base.pool import in_processes


def known_to(number):
    import numpy as np

    np.ones((2, 2)) @ np.ones((2, 2))
    return number, os.getpid(), {pool["num_threads"] for pool in threadpool_info()}


def grow(megabytes):
    """Keep some memory, as a feature set keeps its checkpoint; the process, which is asked how much it holds once a second."""
    vars(os).setdefault("kept by a test", []).append(b"\x01" * (megabytes << 20))
    time.sleep(1.2 if megabytes else 0)
    return os.getpid()


def interrupted(number):
    os.kill(os.getpid(), signal.SIGINT)
    return number


def end(status):
    os._exit(status)


def test_every_item_is_given_once_and_in_other_processes_of_one_thread():
    done = list(in_processes(known_to, range(7), jobs=2))
    assert sorted(number for number, _, _ in done) == list(range(7))
    assert os.getpid() not in {process for _, process, _ in done}
    assert {threads for _, _, pools in done for threads in pools} == {1}


def test_one_process_is_this_one():
    assert [process for _, process, _ in in_processes(known_to, range(3), jobs=1)] == [os.getpid()] * 3


def test_items_are_drawn_as_they_are_needed():
    drawn = []
    calls = in_processes(time.sleep, (drawn.append(number) or 0.1 for number in range(10)), jobs=2)
    next(calls)
    assert len(drawn) < 10
    assert len(list(calls)) == 9


def test_a_process_that_has_grown_is_kept_and_so_is_what_it_has_loaded():
    pytest.importorskip("psutil", reason="without it no process is asked how much it holds")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        processes = list(in_processes(grow, [0, 0, 400, 400, 0, 0], jobs=2))
    assert len(processes) == 6
    assert len(set(processes)) <= 2
    assert not [one for one in said if "worker" in str(one.message)]


@pytest.mark.parametrize("pause", [0.0, 0.5])
def test_who_stops_taking_results_hears_no_more_and_other_warnings_are_heard(pause):
    """With a pause results are ready and not taken, without one calls are cancelled."""

    def took_one():
        for _ in in_processes(time.sleep, [0.01] * 2 + [0.2] * 20, jobs=2):
            time.sleep(pause)
            warnings.warn("3 tasks of one's own", UserWarning, stacklevel=1)
            raise BenchError("The cache cannot be written.")

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with pytest.raises(BenchError, match="cannot be written"):
            took_one()
    assert [str(one.message) for one in said] == ["3 tasks of one's own"]


def test_ctrl_c_is_left_to_the_parent():
    assert sorted(in_processes(interrupted, range(4), jobs=2)) == [0, 1, 2, 3]


def test_the_same_processes_serve_one_pool_after_the_other():
    first, second = ({process for _, process, _ in in_processes(known_to, range(4), jobs=2)} for _ in range(2))
    assert first & second


def test_a_killed_process_is_told():
    with pytest.raises(BenchError, match=r"A worker process was killed.*Run again, with fewer --jobs"):
        list(in_processes(end, [1, 1], jobs=2))
