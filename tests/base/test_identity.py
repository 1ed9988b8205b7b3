import hashlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.base.identity import DIGEST_CHARS, canonical, digest, file_digest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_it_is_the_sha256_of_the_canonical_form():
    expected = hashlib.sha256('{"a":[1,2.5,null],"ü":true}'.encode()).hexdigest()[:20]
    assert digest({"ü": True, "a": [1, 2.5, None]}) == expected
    assert len(expected) == DIGEST_CHARS == 20


@given(VALUES)
def test_nothing_is_lost(value):
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_order_does_not_matter(value):
    assert digest(dict(reversed(value.items()))) == digest(value)


@given(VALUES, VALUES)
def test_what_differs_has_another_hash(one, other):
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_has_not_are_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        digest([number])


def test_other_processes_agree():
    code = "from bench.base.identity import digest; print(digest({'a': [1, 'ü', None], 'b': {'c': 0.1}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest({"b": {"c": 0.1}, "a": [1, "ü", None]})


def test_a_file_is_hashed_by_its_bytes(tmp_path):
    content = bytes(range(256)) * 5000  # more than one read
    one, other = tmp_path / "one.wav", tmp_path / "other.wav"
    one.write_bytes(content)
    other.write_bytes(content)
    assert file_digest(one) == file_digest(other) == hashlib.sha256(content).hexdigest()[:20]
    other.write_bytes(content[:-1] + b"x")
    assert file_digest(other) != file_digest(one)
    with pytest.raises(FileNotFoundError):
        file_digest(tmp_path / "none")
