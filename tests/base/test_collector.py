"""The collector of garbage is off where it is asked to be, and on again behind that."""

import gc
import subprocess
import sys

import pytest

from bench.base.collector import paused


@pytest.mark.parametrize("before", [True, False])
def test_a_pause_ends_as_it_began_even_in_an_error(before):
    (gc.enable if before else gc.disable)()
    try:
        with paused():
            assert not gc.isenabled()
        assert gc.isenabled() == before
        with pytest.raises(KeyError), paused():
            raise KeyError("within")
        assert gc.isenabled() == before
    finally:
        gc.enable()


def test_a_process_that_ends_quickly_still_does_what_it_has_to_at_its_end():
    program = """
import atexit, gc
atexit.register(lambda: print("frozen:", gc.get_freeze_count() > 1000, "still collected:", len(gc.get_objects()) > 1000))
from bench.base.collector import end_quickly
end_quickly()
print("alive:", gc.get_freeze_count())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["alive: 0", "frozen: True still collected: False"]
