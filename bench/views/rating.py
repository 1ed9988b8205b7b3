"""What a rater says of recordings, as text for a terminal and as JSON."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator
from typing import Any

from bench.corpora.corpus import LabelKind
from bench.runs.rating_sheet import Rating, RatingSheet, Used
from bench.runs.standout import Standout
from bench.views.number import called, counted, fixed, visible, with_interval
from bench.views.phrase import share

FORMAT = 1
OUTSIDE = "Outside what it was trained on"
FITTED_ON = "This recording is one of the clips it was fitted on: the interval and the probabilities do not hold for it."
LABELS: dict[LabelKind, str] = {
    "measured": "",
    "proxy": "It was fitted on a proxy label: what it says is no measurement of fatigue.",
    "acted": "It was fitted on acted speech: what it says is no measurement of fatigue.",
    "synthetic": "It was fitted on synthetic speech and says nothing about people.",
}
FEW_SPEAKERS = 20
MOST_CUES = 8
AGREEMENT = {"as": "as is reported of fatigue", "against": "against what is reported of fatigue", "": ""}
SIDES = {"up": "higher", "down": "lower"}


def render_rating(sheet: RatingSheet, width: int) -> str:
    """Write what is said of recordings.

    Parameters
    ----------
    sheet : RatingSheet
    width : int
        Of the terminal.

    Returns
    -------
    str
        Ended by a line feed; control characters in names are made visible.
    """
    blocks = ["\n".join(_wrapped(line, width) for line in _head(sheet))]
    blocks += ["\n".join(_lines(sheet, rating, width)) for rating in sheet.ratings]
    return "\n\n".join(blocks) + "\n"


def _head(sheet: RatingSheet) -> Iterator[str]:
    name = sheet.used[0].task.name.rpartition("/")[0]
    yield f"{name}{f' ({sheet.badge})' if sheet.badge else ''}: {sheet.target.about}"
    for used in sheet.used:
        yield who(used)
    yield from cautions(sheet)
    yield from dict.fromkeys(note for used in sheet.used for note in used.notes)


def cautions(sheet: RatingSheet) -> Iterator[str]:
    """What holds of every rating of the sheet and lessens its worth, in sentences."""
    if LABELS[sheet.target.kind]:
        yield LABELS[sheet.target.kind]
    if sheet.caution:
        yield sheet.caution
    few = [used for used in sheet.used if used.n_speakers < FEW_SPEAKERS]
    if few:
        of = counted(few[0].n_speakers, "speaker") if few[0].n_speakers else "speakers whom nobody knows"
        yield f"Its intervals and probabilities are approximate, because it was fitted on {of}."


def who(used: Used) -> str:
    """Which row rates, why, and how well it did on speakers that it had not heard, in a sentence or two."""
    task = used.task
    value = used.row.metrics[task.metric]
    reach = f" Guessing gives {fixed(task.chance)}."
    if value.high is not None and value.high < task.chance:
        reach = f" Its interval lies below chance ({fixed(task.chance)}): it is worse than guessing."
    elif value.low is not None and value.low <= task.chance:
        reach = f" Its interval reaches chance ({fixed(task.chance)}): it may know nothing."
    elif value.low is None and value.value <= task.chance:
        reach = f" That is no better than chance ({fixed(task.chance)})."
    return (
        f"{task.form.capitalize()}: {called(used.row)}, {used.why}; {task.metric_label} {with_interval(value)} on speakers "
        f"it had not heard. Fitted on all {counted(used.n_clips, 'clip')}.{reach}"
    )


def _lines(sheet: RatingSheet, rating: Rating, width: int) -> Iterator[str]:
    yield visible(rating.file)
    if rating.problem:
        yield _wrapped(f"not rated: {rating.problem}", width, "  ")
        return
    for sentence in sentences(sheet, rating):
        yield _wrapped(sentence, width, "  ")
    for one in rating.cues[:MOST_CUES]:
        yield _wrapped(f"- {standout(one, inside=not rating.outside)}", width, "    ")


def sentences(sheet: RatingSheet, rating: Rating) -> Iterator[str]:
    """What is said of a recording that was rated, the cues that stand out only counted."""
    target = sheet.target
    if rating.fitted_on:
        yield FITTED_ON
    if rating.outside:
        yield f"{OUTSIDE}: {'; '.join(rating.outside)}. Do not rely on what follows."
    if rating.score is not None:
        unit = f" {target.unit}" if target.unit else ""
        scale = f" on the scale from {target.scale[0]:g} to {target.scale[1]:g}" if target.scale else ""
        yield f"score: {fixed(rating.score, 2)}{unit}{scale}, {_interval(rating)}"
    if rating.level:
        likely = max(rating.probabilities, key=lambda name: rating.probabilities[name], default=rating.level)
        said = ", ".join(f"{name} {share(value)}" for name, value in rating.probabilities.items())
        yield f"level: {rating.level}" + (
            f" (probabilities: {said})" if said else " (no probabilities: too few training speakers)"
        )
        if likely != rating.level:
            yield f"{rating.level} is the guess where all levels weigh alike; as frequent as in training, {likely} is likelier."
    yield from rating.notes
    if not rating.outside and rating.further is not None:
        yield (
            "its features are like those it was trained on: "
            f"{share(rating.further)} of the training clips lie at least as far from the clips of other speakers"
        )
    if sheet.used[0].n_cues:
        yield _counted_cues(sheet.used[0], rating)


def _counted_cues(used: Used, rating: Rating) -> str:
    n_cues = len(rating.cues)
    usual = "" if math.isnan(used.usual_cues) else f" (of a training clip, {fixed(used.usual_cues, 1)} are on average)"
    listed = "" if not n_cues else f"; the {MOST_CUES} strongest:" if n_cues > MOST_CUES else ":"
    return f"cues: {n_cues} of {used.n_cues} are more extreme than in 95% of the training clips{usual}{listed}"


def _interval(rating: Rating) -> str:
    if rating.low is None or rating.high is None:
        return "no interval: too few training speakers"
    if not (math.isfinite(rating.low) and math.isfinite(rating.high)):
        return "no interval: too few training clips"
    return f"80% interval {fixed(rating.low, 2)} to {fixed(rating.high, 2)}"


def standout(one: Standout, inside: bool = True) -> str:
    """A cue that stands out, in words; what is reported of fatigue is reported of speech, and left out of other sounds.

    Examples
    --------
    >>> from bench.features.cue import Cue
    >>> cue = Cue("speech rate", "pace", "timing", ("speech_rate_hz",), "down")
    >>> standout(Standout(cue, 1.234, "down", 19, 20, 0.04))
    'speech rate 1.23, lower than 19 of 20 training speakers and 96% of their clips, as is reported of fatigue'
    """
    agreement = f", {AGREEMENT[one.agreement]}" if one.agreement and inside else ""
    value = (f"{one.value:.0f}" if abs(one.value) >= 1000 else f"{one.value:.3g}").replace("-", "\N{MINUS SIGN}")
    clips = "all" if not one.as_far else share(min(1 - one.as_far, 0.99))
    beyond = f"{one.n_beyond} of {one.n_speakers} training speakers and {clips} of their clips"
    return f"{one.cue.name} {value}, {SIDES[one.side]} than {beyond}{agreement}"


def _wrapped(text: str, width: int, indent: str = "") -> str:
    more = indent + "  " if indent else ""
    return textwrap.fill(visible(text), width, initial_indent=indent, subsequent_indent=more, break_long_words=False)


def render_rating_json(sheet: RatingSheet) -> str:
    """Write the same as one JSON object with ``"format": 1``, every number in full precision; what is not known is null."""
    document = {
        "format": FORMAT,
        "target": sheet.target.as_json(),
        "badge": sheet.badge,
        "label_kind": sheet.target.kind,
        "caution": " ".join(cautions(sheet)),
        "raters": [_used(used) for used in sheet.used],
        "ratings": [_rating(rating) for rating in sheet.ratings],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _used(used: Used) -> dict[str, Any]:
    value = used.row.metrics[used.task.metric]
    return {
        "task": used.task.name,
        "form": used.task.form,
        "feature_set": used.row.feature_set,
        "layer": used.row.layer,
        "views": list(used.views),
        "model": used.row.model,
        "seed": used.row.seed,
        "fingerprint": used.row.fingerprint,
        "why": used.why,
        "metric": used.task.metric,
        "value": _number(value.value),
        "low": _number(value.low),
        "high": _number(value.high),
        "chance": used.task.chance,
        "tier": used.row.tier,
        "n_clips": used.n_clips,
        "n_speakers": used.n_speakers,
        "level_shares": dict(zip(used.task.target.levels, used.shares, strict=False)),
        "n_cues": used.n_cues,
        "usual_cues": _number(used.usual_cues),
        "notes": list(used.notes),
    }


def _rating(rating: Rating) -> dict[str, Any]:
    return {
        "file": visible(rating.file),
        "problem": visible(rating.problem),
        "score": _number(rating.score),
        "low": _number(rating.low),
        "high": _number(rating.high),
        "level": rating.level or None,
        "probabilities": dict(rating.probabilities),
        "fitted_on": rating.fitted_on,
        "outside": list(rating.outside),
        "further": rating.further,
        "cues": [
            {
                "name": one.cue.name,
                "value": one.value,
                "side": one.side,
                "n_beyond": one.n_beyond,
                "n_speakers": one.n_speakers,
                "as_far": one.as_far,
                "reported": one.cue.reported,
                "sources": list(one.cue.sources),
            }
            for one in rating.cues
        ],
        "notes": [visible(note) for note in rating.notes],
    }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
