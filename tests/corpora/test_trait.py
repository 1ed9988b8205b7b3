"""Sexes by one name each."""

import pytest

from bench.corpora.trait import sex_name


@pytest.mark.parametrize(
    ("said", "name"),
    [(" F ", "female"), ("Woman", "female"), ("W", "female"), ("MALE", "male"), ("m", "male"), ("?", "?")],
)
def test_names(said, name):
    assert sex_name(said) == name


def test_what_is_not_known_stays_as_it_is():
    assert sex_name("Non-binary") == "Non-binary"
