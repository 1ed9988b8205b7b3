"""Traits: what columns about speakers are called, and sexes by one name each."""

from __future__ import annotations

SEX = ("sex", "gender")
AGE = ("age",)
SEXES = {"f": "female", "w": "female", "woman": "female", "m": "male", "man": "male"}


def sex_name(said: str) -> str:
    """The sex as readers of ours write it; what they do not know stays as it is.

    Examples
    --------
    >>> sex_name("F"), sex_name("Male"), sex_name("other")
    ('female', 'male', 'other')
    """
    word = said.strip().lower()
    return SEXES.get(word, word if word in SEXES.values() else said)
