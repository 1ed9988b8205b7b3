"""Yardsticks: results that others published for a corpus, as data, each with who was held out and where the number comes from.

Ours stand in ``yardsticks.toml``; the TOML of a folder of one's own may hold some, too:

.. code-block:: toml

    [[yardsticks]]
    target = "kss"
    form = "score"
    label = "their features, linear regression"
    value = 0.41                      # a share or a correlation, never per cent
    source = "Ann and Bob (2024), Journal of Sleep"
    protocol = "one nurse after the other held out"
    splitter = "loso"                 # what gives the same folds here; without one, `differs` says why none does
    n_clips = 1200                    # of the whole corpus: a part of it is another task
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

OURS = Path(__file__).with_name("yardsticks.toml")
Text = Annotated[str, Field(min_length=1)]


class Published(BaseModel):
    """A published result.

    Attributes
    ----------
    corpus : str
        Name of the reader; "" in the TOML of a folder.
    target : str
    form : {'score', 'level'}
    label : str
        What was done, as it stands in a table.
    value : float
        From -1 to 1.
    metric : str
        What it is of; "" for the primary metric of the form (UAR, Spearman).
    source : str
        Where it was published.
    checked : bool
        Whether somebody saw the number in the source itself.
    reported_by : str
        Where it was seen instead.
    protocol : str
        Who was held out, which clips, how many levels.
    beside : list of str
        Other targets of the corpus on whose boards it is told, too; it is comparable on none of these.
    track : {'open', 'speaker'}
    splitter : str
        The splitter that holds out the same speakers.
    n_clips, n_speakers, n_levels : int or None
        Of the corpus that was used.
    differs : str
        Why it can be compared with nothing here, in a phrase.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    corpus: str = ""
    target: Text
    form: Literal["score", "level"]
    label: Text
    value: Annotated[float, Field(ge=-1, le=1)]
    metric: str = ""
    source: Text
    checked: bool = False
    reported_by: str = ""
    protocol: Text
    beside: list[str] = []
    track: Literal["open", "speaker"] = "open"
    splitter: str = ""
    n_clips: int | None = None
    n_speakers: int | None = None
    n_levels: int | None = None
    differs: str = ""

    @property
    def cited(self) -> str:
        """The source, and whether the number was seen there.

        Examples
        --------
        >>> told = {"target": "kss", "form": "score", "label": "a", "value": 0.3, "source": "Ann (2020)", "protocol": "loso"}
        >>> Published(**told).cited
        'Ann (2020); not re-checked'
        >>> Published(**told, reported_by="Bob (2021)").cited
        'Ann (2020), as reported by Bob (2021), not re-checked'
        """
        if self.checked:
            return self.source
        return (
            f"{self.source}, as reported by {self.reported_by}, not re-checked"
            if self.reported_by
            else f"{self.source}; not re-checked"
        )

    def is_for(self, target: str, form: str) -> bool:
        """Whether it is told on the boards of a target and form."""
        return self.form == form and target in (self.target, *self.beside)


def published(corpus: str) -> tuple[Published, ...]:
    """What is known here of a corpus.

    Parameters
    ----------
    corpus : str
        Name of the reader.

    Examples
    --------
    >>> sorted({one.target for one in published("sleep")})
    ['kss', 'sleepy']
    """
    tables: list[Mapping[str, Any]] = tomllib.loads(OURS.read_text(encoding="utf-8"))["yardsticks"]
    return tuple(Published(**table) for table in tables if table["corpus"] == corpus)
