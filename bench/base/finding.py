"""Findings: what is printed under every leaderboard, in sentences."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

CODES = {
    "FB001": "a speaker stands on two sides of a split",
    "FB002": "the same audio stands on two sides of a split",
    "FB003": "a class is absent from a test fold",
    "FB004": "the lower bound lies at or below chance",
    "FB005": "labels differ between speakers more than chance allows",
    "FB006": "clip duration or loudness alone predicts the label",
    "FB007": "the row cannot be told apart from the best that was asked for",
    "FB008": "fewer than 5 held-out speakers, so no interval",
    "FB009": "clips are excluded",
    "FB010": "the label is a proxy, or the corpus is synthetic",
    "FB011": "values of a feature set are missing and were imputed inside the fold",
    "FB012": "hyper-parameters were not tuned",
    "FB013": "the checkpoint was trained or fine-tuned for speech recognition",
    "FB014": "the board is partial",
    "FB015": "an estimator did not converge",
    "FB016": "labels were permuted: a control",
    "FB017": "the text alone predicts the label",
    "FB018": "the corpus asks for caution with its intervals",
    "FB019": "recordings were not looked at",
    "FB020": "the gap between two groups of clips excludes 0",
    "FB021": "a seed of a stochastic model has no value",
    "FB022": "rows of a table belong to no clip",
    "FB023": "a row has no calibrated probabilities, or no intervals of its scores",
    "FB024": "a model that was asked for does not solve this form",
}


def written(value: float) -> str:
    """A number as it stands in a sentence: three decimals, a true minus sign.

    Examples
    --------
    >>> written(-0.0812), written(-0.0001)
    ('−0.081', '0.000')
    """
    text = f"{value:.3f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


@dataclass(frozen=True)
class Finding:
    """One thing to know before a number is believed.

    Attributes
    ----------
    code : str
        ``FB001`` and up; what each means stands in ``CODES``.
    message : str
        A sentence with the values.
    stops : bool
        Whether the run must not go on.
    """

    code: str
    message: str
    stops: bool = False

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"no finding has the code {self.code!r}; add it to CODES")

    def as_json(self) -> dict[str, Any]:
        """The finding as a JSON object; ``Finding(**finding.as_json())`` gives it back."""
        return asdict(self)
