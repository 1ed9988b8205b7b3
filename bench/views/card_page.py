"""The page of a card: one HTML file that loads nothing, with the pictures of a corpus and every clip that is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.base.durable import make_folder, write_whole
from bench.runs.card import CorpusCard, Listed
from bench.views.chapter import Chapter, chapters, warnings
from bench.views.exhibit import Lines, Picture, label_pictures, sound_pictures, sound_tables, speaker_pictures
from bench.views.page import environment, own_text, policy

MOST_LISTED = 200  # clips named for each reason, and reasons; the others are counted


@dataclass(frozen=True)
class Section:
    """A chapter with its pictures and tables."""

    chapter: Chapter
    pictures: tuple[Picture, ...]
    tables: tuple[Lines, ...]


@dataclass(frozen=True)
class LeftOut:
    """Clips that cannot be used, or not all of them: why in general, and reason by reason."""

    title: str
    reasons: tuple[Listed, ...]

    @property
    def n_clips(self) -> int:
        """Over all reasons."""
        return sum(len(one.clip_ids) for one in self.reasons)


def write_card(card: CorpusCard, folder: Path) -> Path:
    """Write the page of a card into a folder of reports.

    Parameters
    ----------
    card : CorpusCard
    folder : Path
        Made where it is missing.

    Returns
    -------
    Path
        ``card-NAME.html``; letters that a file name may not have are dashes.

    Raises
    ------
    BenchError
        If the file cannot be written.
    """
    name = re.sub(r"[^\w.]+", "-", card.corpus.name).strip("-.") or "corpus"
    page = folder / f"card-{name}.html"
    make_folder(folder)
    write_whole(page, render_card_page(card).encode())
    return page


def render_card_page(card: CorpusCard) -> str:
    """Render a card as a page that needs no other file and no network.

    Parameters
    ----------
    card : CorpusCard

    Returns
    -------
    str
        HTML. The same card always gives the same text. All texts are escaped, and a content security policy lets nothing run
        or load but the style sheet inside.
    """
    style = own_text("leaderboard.css", "card.css")
    page = (
        environment()
        .get_template("card.html.j2")
        .render(
            card=card,
            badges=list(dict.fromkeys(labels.badge for labels in card.labels if labels.badge)),
            warnings=warnings(card),
            sections=list(_sections(card)),
            left_out=list(_left_out(card)),
            most=MOST_LISTED,
            style=style,
            policy=policy(style),
        )
    )
    return page if page.endswith("\n") else page + "\n"


def _sections(card: CorpusCard) -> Iterator[Section]:
    pictures = {
        "Labels": label_pictures(card),
        "Who speaks, and what": speaker_pictures(card),
        "Sound": sound_pictures(card.sound),
    }
    tables = {"Sound": sound_tables(card.sound)}
    for chapter in chapters(card):
        if chapter.title != "Left out":  # told whole at the end
            yield Section(chapter, pictures.get(chapter.title, ()), tables.get(chapter.title, ()))


def _left_out(card: CorpusCard) -> Iterator[LeftOut]:
    fates = {True: "the same audio; the first is kept", False: "the same audio with other labels or speakers; none is kept"}
    doubles = tuple(Listed(fates[one.first_kept], one.clip_ids) for one in card.same)
    missing = (Listed("the file does not exist", card.missing),) if card.missing else ()
    found = (
        LeftOut("Recordings that are missing", missing),
        LeftOut("Recordings that cannot be used", card.broken),
        LeftOut("Clips with the same audio", doubles),
        LeftOut("Left out by the reader", card.left_out),
    )
    return (group for group in found if group.reasons)
