"""The page of the layers: whole, closed, escaped, one file; in a browser, nothing hangs out and axe finds nothing."""

import dataclasses
from html.parser import HTMLParser

import pytest

from bench.runs.layer import LayerBoard, Sweep
from bench.runs.row import Value
from bench.views.layer_page import render_layers
from bench.views.layer_words import answer, further
from tests.views.chromium import check_on_screens

VOID = {"meta", "link", "input", "br", "wbr", "img", "hr"}


class Page(HTMLParser):
    """Elements with their attributes and text, and whether every one is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text.append(data)


@pytest.fixture(scope="module")
def html(layered):
    return render_layers(layered)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_every_element_is_closed_and_what_is_pointed_to_is_there(page):
    assert page.open == []
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    pointed = {a["href"].removeprefix("#") for _, a in page.elements if a.get("href", "").startswith("#")}
    pointed |= {a["clip-path"][5:-1] for _, a in page.elements if "clip-path" in a}
    pointed |= {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a}
    assert pointed <= set(ids)


def test_nothing_is_loaded_and_the_only_way_out_is_the_leaderboard(page):
    for tag, attributes in page.elements:
        assert tag not in ("script", "iframe", "object", "embed", "img", "base", "form")
        assert not {"src", "style", "srcset", "action"} & set(attributes)
        link = attributes.get("href", "#")
        assert link.startswith(("#", "data:,", "leaderboard.html"))
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "script-src 'none'" in policy


def test_it_holds_the_words_the_command_and_every_number(page, layered):
    text = " ".join("".join(page.text).split())
    task = layered.tasks[0]
    for board in task.layers:
        assert all(sentence in text for sentence in (*answer(task, board), *further(task, board)))
    assert layered.command in text
    assert text.count("proxy label") > 4
    numbers = {f"{value.value:.3f}" for board in task.layers for sweep in board.main for _, value in sweep.points}
    numbers |= {f"{v.value:.3f}" for s in task.layers[0].main for r in s.rivals for v in r.values.values()}
    assert all(number in text for number in numbers)


def test_every_drawing_has_a_name_and_its_numbers_below(page):
    svgs = [a for tag, a in page.elements if tag == "svg" and a.get("class") == "drawing"]
    assert len(svgs) == 2 + 2 + 1 + 1 + 2  # curves, steps, choice, weights; curve and choice of the other
    assert all(a["role"] == "img" for a in svgs)
    numbers = [a for tag, a in page.elements if tag == "details" and a.get("class") != "words"]
    assert sum(tag == "figure" for tag, _ in page.elements) == len(numbers) == len(svgs)


def test_the_same_board_gives_the_same_page(html, layered):
    assert render_layers(layered) == html


def test_names_of_the_worst_kind_are_escaped(layered, nasty):
    sweep = Sweep(nasty, nasty, nasty, {str(n): Value(0.5) for n in range(3)})
    task = dataclasses.replace(layered.tasks[0], name=nasty, layers=(LayerBoard(nasty, False, (sweep,), n_failed=1),))
    page = Page(render_layers(dataclasses.replace(layered, tasks=(task,), command=nasty)))
    assert page.open == []
    assert not any(tag == "script" for tag, _ in page.elements)
    assert "\x1b" not in "".join(page.text)


def test_it_stays_small(html):
    assert len(html) < 250_000


def test_in_a_browser_nothing_hangs_out_and_axe_finds_nothing(html, tmp_path):
    (tmp_path / "layers.html").write_text(html, encoding="utf-8")
    check_on_screens(tmp_path / "layers.html")
