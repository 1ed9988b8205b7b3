"""IEMOCAP: ten actors, two a session, in dialogues improvised and scripted, with every turn rated.

The label files say everything but the sound, so the corpus can be read without recordings. The letter in the name of a
dialogue is not who talks: that is the letter of the last token of a turn's name, and it differs in about half of the turns.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from bench.base.error import RequestError, unknown_name
from bench.corpora.corpus import Corpus, Exclusion, Target
from bench.corpora.dialogue import EMOTIONS, HIGHEST, LOWEST, Dialogues, Recordings
from bench.corpora.proxy import proxy_targets
from bench.corpora.reader import CorpusReader
from bench.corpora.root import Root
from bench.corpora.tree import check_folder, wrong_folder

RELEASE = "IEMOCAP_full_release"
LABELS = "dialog/EmoEvaluation"
EXPECTED = f"the folder {RELEASE} as it is published, with the label files in Session1/{LABELS} to Session5/{LABELS}"
SESSIONS = tuple(f"Session{number}" for number in range(1, 6))
SESSION = re.compile(r"Session(\d)")
PARTS = {"all": ("improvised", "scripted"), "improvised": ("improvised",), "scripted": ("scripted",)}
ENDS = {"valence": ("negative", "positive"), "activation": ("calm", "excited"), "dominance": ("weak", "strong")}


class Iemocap(CorpusReader):
    """Interactive Emotional Dyadic Motion Capture database.

    Attributes
    ----------
    part : {'all', 'improvised', 'scripted'}
        Which turns are clips. The others are listed as excluded. The scripts are the same in every session.

    Examples
    --------
    >>> str(Iemocap()), str(Iemocap(part="improvised"))
    ('iemocap', 'iemocap[part=improvised]')
    """

    name = "iemocap"
    version = "1"

    part: str = "all"

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            raise unknown_name("part of iemocap", self.part, PARTS)

    def read(self, folder: Path) -> Corpus:
        """Read the label files, and which recordings lie beside them.

        A clip is a turn. Its recording is that in ``sentences/wav``; where there is none, the stretch of the dialogue in
        ``dialog/wav``; where there is neither, the clip is there without, and whoever needs its sound finds it missing.

        Parameters
        ----------
        folder : Path
            ``IEMOCAP_full_release``, or the folder that holds it.

        Raises
        ------
        RequestError
            If the folder is missing or another one, or no line is a turn of the part that was asked for.
        """
        release = _release(folder)
        root = Root(release)
        found = Dialogues(PARTS[self.part], str(self))
        for session in _sessions(release):
            recordings = Recordings(session)
            for path in _label_files(session):
                place = f"{session.name}/{LABELS}/{path.name}"
                if root.problem(place):
                    found.excluded.append(Exclusion(place, "the label file is a link that leads out of the release"))
                else:
                    found.take(path, place, recordings)
            found.take_unlabelled(recordings)
        if not found.clips:
            first = found.excluded[0]
            raise RequestError(
                f"{str(release)!r} holds label files, but none of their lines is a turn of {self}. The first is "
                f"{first.clip_id!r}: {first.reason}. Expected is {EXPECTED}. Give that folder."
            )
        return Corpus(
            name=str(self),
            version=self.version,
            targets=_targets(),
            clips=tuple(found.clips[name] for name in sorted(found.clips)),
            excluded=tuple(found.excluded),
            about=(
                "Ten actors (five women, five men in the whole release) talk in pairs, one pair a session, improvising on "
                "scenarios and acting scripts. Raters named the emotion of each turn and rated its valence, activation and "
                "dominance. It has no fatigue label."
            ),
            published=(
                "10,039 turns, 10 speakers in five dyadic sessions (reported by df_iemocap.csv in GitHub "
                "MrCrowbar/Speech_Emotion_Recognition, a copy of its label table, not re-checked)."
            ),
            source=f"On request from https://sail.usc.edu/iemocap/; unpacked, it is the folder {RELEASE}.",
            licence="For research, by agreement with SAIL of the University of Southern California; not to be passed on.",
            citation=(
                "Busso C, Bulut M, Lee C-C, Kazemzadeh A, Mower E, Kim S, Chang JN, Lee S, Narayanan SS (2008). IEMOCAP: "
                "Interactive emotional dyadic motion capture database. Language Resources and Evaluation 42(4), 335-359. "
                "https://doi.org/10.1007/s10579-008-9076-6"
            ),
            notes=(*_absent(release), *found.notes),
            caution=(
                "Speakers come in dyads, the two of a session talking with each other. Intervals and tests count them as "
                "speakers on their own (dyads treated as independent), so they may be too sure."
            ),
            splitter="sessions",
        )


def _targets() -> tuple[Target, ...]:
    emotion = Target(
        name="emotion",
        kind="acted",
        about=(
            "The emotion that most raters heard in acted speech, in the usual four classes: excited counts as happy, and turns "
            "with another majority or none have no label."
        ),
        levels=tuple(sorted(set(EMOTIONS.values()))),
        ordinal=False,
    )
    rated = (
        Target(
            name=name,
            kind="acted",
            about=f"The {name} of acted speech, from 1 ({low}) to 5 ({high}): the mean of its raters.",
            scale=(LOWEST, HIGHEST),
        )
        for name, (low, high) in ENDS.items()
    )
    source = "acted speech, as raters placed it by valence, activation and dominance,"
    return (*proxy_targets(source), emotion, *rated)


def _release(folder: Path) -> Path:
    """The folder of the sessions: the one given, or the one in it that has them.

    Raises
    ------
    RequestError
        If there is none, or there are several.
    """
    check_folder(folder, EXPECTED)
    if _sessions(folder):
        return folder
    inside = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".") and _sessions(path))
    if len(inside) > 1:
        names = ", ".join(path.name for path in inside)
        raise RequestError(f"{str(folder)!r} holds several releases: {names}. Expected is {EXPECTED}. Give one of them.")
    if not inside:
        raise wrong_folder(folder, EXPECTED)
    return inside[0]


def _sessions(folder: Path) -> list[Path]:
    """The sessions of a folder that have label files, in order."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:  # a folder beside the release that is closed to us
        return []
    return [folder / name for name in names if SESSION.fullmatch(name) and _label_files(folder / name)]


def _label_files(session: Path) -> list[Path]:
    """The label files of a session, in order; folders beside them and hidden files are not looked at."""
    folder = session / LABELS
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    named = (folder / name for name in names if name.lower().endswith(".txt") and not name.startswith("."))
    return [path for path in named if path.is_file()]


def _absent(release: Path) -> list[str]:
    """A sentence about sessions of which nothing could be read, if there are any."""
    there = {path.name for path in _sessions(release)}
    absent = [name for name in SESSIONS if name not in there]
    return [f"Without label files, so not read: {', '.join(absent)} of the five sessions."] if absent else []
