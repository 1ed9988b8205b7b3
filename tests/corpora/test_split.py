"""Splits, as paths tell them."""

import pytest

from bench.corpora.split import split_of, split_word


@pytest.mark.parametrize(
    ("place", "split"),
    [("val/a.wav", "validation"), ("a_test_1.csv", "test"), ("x/latest.csv", ""), ("Training/a.wav", "train"), ("a.wav", "")],
)
def test_splits_that_paths_tell(place, split):
    assert split_of(place) == split


@pytest.mark.parametrize(("name", "split"), [("train.100", "train"), ("TEST-clean", "test"), ("latest", ""), ("", "")])
def test_splits_that_names_tell(name, split):
    assert split_word(name) == split
