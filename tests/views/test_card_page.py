"""The page of a card: complete, closed, escaped, without anything to load, and the same twice."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.decoders.facts import ClipFacts
from bench.runs.card import make_card
from bench.views.card_page import MOST_LISTED, render_card_page, write_card
from tests.views.chromium import check_on_screens

NASTY = '<script>alert("x")</script>\x1b'


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.text, self.style = [], [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)


def made(alone=False, name="made", n=12):
    targets = (
        Target("kss", "measured", "How sleepy.", ("alert", "sleepy"), (1, 9), "KSS", (5.0,)),
        Target("mood", "acted", f"Which mood {NASTY}.", ("sad", NASTY), ordinal=False),
    )
    clips = tuple(
        Clip(
            f"c{i}{NASTY}",
            f"s{i % 3}{NASTY}",
            Path(f"d{i}{NASTY}.wav"),
            {"kss": 1.0 + i % 9, "mood": ("sad", NASTY)[i % 2]},
            text=NASTY,
            traits={NASTY: NASTY},
            confidence={NASTY: 0.5},
            turns=((0.0, 1.0),),
        )
        for i in range(n)
    )
    facts = {
        one.id: ClipFacts("", "the file does not exist")
        if alone or i == 0
        else ClipFacts(one.id, f"it is {NASTY}")
        if i == 1
        else ClipFacts(one.id, None, f"{max(i, 3)}", 1.0 + i, 8000, 2, -1.0, -9.0 - i, i % 2, 0.1, i / n)
        for i, one in enumerate(clips)
    }
    corpus = Corpus(
        name,
        "1",
        targets,
        clips,
        tuple(Exclusion(f"x{i}{NASTY}", f"reason {NASTY}") for i in range(MOST_LISTED + 5)),
        about=NASTY,
        licence=NASTY,
        citation=NASTY,
        published=NASTY,
        source=NASTY,
        notes=(NASTY,),
        caution=NASTY,
        splitter=NASTY,
    )
    return make_card(corpus, facts)


@pytest.fixture(scope="module")
def html():
    return render_card_page(made())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_it_is_whole(page, html):
    assert html.startswith("<!DOCTYPE html>\n")
    assert html.endswith("</html>\n")
    assert page.open == []
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    wanted = {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a}
    wanted |= {a["href"][1:] for _, a in page.elements if a.get("href", "").startswith("#")}
    wanted |= {a["clip-path"][5:-1] for _, a in page.elements if "clip-path" in a}
    assert wanted <= set(ids)


def test_nothing_is_loaded_and_nothing_runs(page):
    for tag, attributes in page.elements:
        assert tag not in ("script", "iframe", "object", "embed", "img", "base", "form", "image")
        assert not {"src", "style", "srcset", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#")[:1] == "#" or attributes["href"] == "data:,"
    assert "url(" not in page.style
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'")


def test_no_text_becomes_markup(page, html):
    assert "<script" not in html
    assert "\x1b" not in html
    assert sum(NASTY[:-1] in text for text in page.text) > 15


def test_a_screen_reader_finds_its_way(page):
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("h1"), tags.count("main"), tags.count("caption")) == (1, 1, tags.count("table"))
    assert all("scope" in a for tag, a in page.elements if tag == "th")
    assert all(a.get("role") == "img" for tag, a in page.elements if tag == "svg")
    assert tags.count("svg") == tags.count("figure") == 6  # two targets, speakers, duration, level, silence


def test_what_is_left_out_is_listed_whole_up_to_a_limit(page, html):
    words = " ".join(" ".join(page.text).split())
    assert "Recordings that are missing: 1" in words
    assert "Recordings that cannot be used: 1" in words
    assert "Clips with the same audio: 2" in words
    assert f"Left out by the reader: {MOST_LISTED + 5}" in words
    assert "and 5 more" in words
    assert "Who is heard in which channel: 8" in words
    assert "Clips with clipping: 8" in words


def test_label_files_alone_are_said_and_drawn_without_sound():
    text = render_card_page(made(alone=True))
    assert "No recording is there." in text
    assert "<h2 id" in text
    assert ">Sound<" not in text
    assert text.count("<svg") == 3


def test_the_same_card_is_the_same_page(html):
    assert render_card_page(made()) == html


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("ravdess", "card-ravdess.html"),
        ("ravdess[channel=both]", "card-ravdess-channel-both.html"),
        ("../../x", "card-x.html"),
        ("müde", "card-müde.html"),
        ("/", "card-corpus.html"),
    ],
)
def test_where_it_is_written(tmp_path, name, file):
    page = write_card(made(name=name, n=3), tmp_path / "reports")
    assert page == tmp_path / "reports" / file
    assert page.read_text("utf-8").endswith("</html>\n")
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [file]


def test_in_a_browser_nothing_hangs_out_and_axe_finds_nothing(html, tmp_path):
    (tmp_path / "card.html").write_text(html, encoding="utf-8")
    check_on_screens(tmp_path / "card.html")


def test_it_stays_small(html):
    assert len(re.sub(r"<li>.*?</li>", "", html, flags=re.DOTALL)) < 200_000
