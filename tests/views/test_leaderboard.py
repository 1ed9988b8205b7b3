"""The page, read as text: complete, closed, escaped, small, and the same twice."""

import base64
import dataclasses
import hashlib
import re
import warnings
from html.parser import HTMLParser

import pytest

from bench.runs.board import Board
from bench.views.leaderboard import MOST_LISTED, render_html

VOID = {"meta", "link", "input", "br", "wbr", "img", "hr"}


class Page(HTMLParser):
    """Elements with their attributes, their text, and whether every one is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.inside: dict[str, str] = {}
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
        if self.open and self.open[-1] in ("style", "script"):
            self.inside[self.open[-1]] = self.inside.get(self.open[-1], "") + data
        else:
            self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(board):
    return render_html(board)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_every_element_is_closed_and_every_id_is_there_once(page):
    assert page.open == []
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {a["href"].removeprefix("#") for _, a in page.elements if a.get("href", "").startswith("#")}
    targets |= {a["clip-path"][5:-1] for _, a in page.elements if "clip-path" in a}
    targets |= {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a}
    assert targets <= set(ids)


def test_nothing_is_loaded_from_anywhere(page, html):
    for tag, attributes in page.elements:
        assert tag not in ("iframe", "object", "embed", "img", "base", "form", "image")
        assert "src" not in attributes
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "xlink:href", "srcset", "action"):
            if name in attributes:
                assert attributes[name].startswith("#") or attributes[name] == "data:,"
    assert "url(" not in page.inside["style"]
    assert "@import" not in page.inside["style"]
    assert not re.search(r"fetch|XMLHttp|import\(|eval|innerHTML", page.inside["script"])


def test_the_policy_allows_just_this_style_and_script(page):
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.inside[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
        assert len(page.all(kind)) == 1
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_no_text_of_the_board_becomes_markup(page, html):
    assert "<script>alert" not in html
    assert "\x1b" not in html
    assert any('<script>alert("x,y")</script>' in text for text in page.text)


def test_a_screen_reader_finds_its_way(page):
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in a for a in page.all("th"))
    for a in page.all("svg"):
        assert a.get("role") == "img" or a.get("aria-hidden") == "true"


def test_each_row_stands_with_value_interval_difference_and_cost(html):
    row = re.search(r"<tr role=\"row\"><th[^>]*><bdi>compare</bdi></th>.*?</tr>", html, re.DOTALL).group()
    words = " ".join(re.sub(r"<title>.*?</title>|<[^>]+>", " ", row).split())
    assert words == "compare linear 0.643 [0.598, 0.683] −0.009 [−0.044, 0.021] 1.16 44.08 33.31 FB007"
    assert row.count("<line") == 2
    assert row.count("<circle") == 1


def test_failed_rows_stand_last_with_their_sentence(board, html):
    first = html.split('id="t1"')[1].split('id="t2"')[0]
    body = first.split("<tbody")[1].split("</tbody>")[0]
    rows = re.findall(r"<tr role=\"row\"(?: class=\"(\w+)\")?", body)
    assert len(rows) == len(board.tasks[0].rows)
    assert rows[0] == "best"
    assert rows[-1] == "failed"
    assert rows.count("single") == 26
    assert "Show the 26 single-layer rows folded away" in first


def test_the_badge_stands_wherever_a_value_does(board, html):
    for place, task in enumerate(board.tasks, 1):
        section = re.search(rf'<section class="task" id="t{place}".*?</section>', html, re.DOTALL).group()
        assert f'<span class="badge">{task.badge}</span></h2>' in section or f"{task.badge}</span> <span" in section
        captions = re.findall(r"<caption>(.*?)</caption>", section, re.DOTALL)
        about_values = [c for c in captions if task.metric_label in c or "metrics" in c]
        assert about_values
        assert all(task.badge in caption for caption in about_values)
    overview = html.split('id="overview"')[1].split("</section>")[0]
    assert overview.count('<span class="badge">') == 3


def test_with_several_tasks_an_overview_comes_first(html, single):
    assert html.index('id="overview"') < html.index('id="t1"')
    assert 'id="overview"' not in render_html(single)


def test_no_interval_is_said_not_drawn(html):
    four = html.split('id="t2"')[1].split('id="t3"')[0]
    assert "no interval: fewer than 5 speakers" in four
    assert 'class="span"' not in four
    assert "not defined" in four


def test_how_to_reproduce(board, html):
    tail = html.split('id="reproduce"')[1]
    assert "&#39;ravdess=my recordings&#39; --tasks ravdess/fatigue-proxy" in tail
    for task in board.tasks:
        assert task.fold_hash in tail
    assert "scikit-learn</dt><dd>1.8.0" in tail


def test_twice_the_same(board, html):
    assert render_html(board) == html


def test_eight_full_tasks_stay_under_two_megabytes(wide):
    assert len(render_html(wide).encode()) < 2_000_000


def test_long_lists_of_excluded_clips_are_counted(board):
    from bench.corpora.corpus import Exclusion

    many = tuple(Exclusion(f"clip-{n}", "the file is missing") for n in range(MOST_LISTED + 7))
    text = render_html(Board("x", {}, 0, 0, 0, 0, "", (dataclasses.replace(board.tasks[2], excluded=many),)))
    assert f"Excluded clips: {MOST_LISTED + 7}" in text
    assert ", and 7 more" in text


def test_a_partial_board_and_an_empty_one_say_so(board):
    partial = dataclasses.replace(board, tasks=(), partial="the first 3 speakers only", jobs_waiting=2)
    text = render_html(partial)
    assert "This board is partial: the first 3 speakers only." in text
    assert "2 jobs still waiting" in text
    assert "No task was run" in text


def test_a_task_without_rows_is_no_error(board):
    waiting = dataclasses.replace(board.tasks[0], rows=(), curves=(), findings=())
    assert "No row was scored yet." in render_html(dataclasses.replace(board, tasks=(waiting,)))
    baselines = tuple(dataclasses.replace(row, baseline="duration") for row in board.tasks[0].rows[:1])
    alone = dataclasses.replace(waiting, rows=baselines)
    assert "No row but the baselines was scored." in render_html(dataclasses.replace(board, tasks=(alone,)))


def test_where_no_speaker_has_a_value_of_their_own_there_is_no_figure_of_them(board):
    task = board.tasks[0]
    assert "-speakers" in render_html(dataclasses.replace(board, tasks=(task,)))
    still = tuple(dataclasses.replace(row, by_speaker=dict.fromkeys(row.by_speaker, float("nan"))) for row in task.rows)
    with warnings.catch_warnings(action="error"):
        page = render_html(dataclasses.replace(board, tasks=(dataclasses.replace(task, rows=still),)))
    assert "-speakers" not in page


@pytest.fixture(scope="module")
def everything(full):
    return render_html(full)


def words(markup):
    return " ".join(re.sub(r"<title>.*?</title>|<(?!wbr)[^>]+>", " ", markup).replace("<wbr>", "").split())


def row_of(html, name):
    return re.search(rf"<tr role=\"row\"[^>]*><th[^>]*><bdi>{name}</bdi>.*?</tr>", html, re.DOTALL).group()


def test_baselines_look_apart_and_are_explained(everything):
    row = row_of(everything, "duration alone")
    assert 'class="baseline"' in row
    assert words(row).startswith("duration alone baseline linear 0.640 [0.595, 0.680] −0.012 [−0.050, 0.030]")
    assert 'data-value="0.64"' in row
    control = row_of(everything, r"permuted labels \(control\)")
    assert words(control).startswith(
        "permuted labels (control) of wav2vec2[checkpoint=untrained[size=base]] baseline best linear"
    )
    assert "duration alone: hears nothing but how long the clip is;" in words(everything).replace(" :", ":")
    assert 'class="best"><th role="rowheader" scope="row"><bdi>egemaps</bdi>' in everything


def test_null_bands_are_drawn_said_and_given_as_numbers(full, everything):
    first = everything.split('id="t1"')[1].split('id="t2"')[0]
    row = row_of(first, "egemaps")
    low, mean, width = (
        float(re.search(pattern, row).group(1))
        for pattern in (r'rect class="null" x="([\d.]+)%"', r'line class="null" x1="([\d.]+)%"', r'width="([\d.]+)%"')
    )
    null = full.tasks[0].rows[0].null
    assert (mean - low) / width == pytest.approx((null.value - null.low) / (null.high - null.low), abs=0.01)
    assert "labels permuted 0.350 [0.300, 0.400]</title>" in row
    caption = words(re.search(r"<caption>.*?</caption>", first, re.DOTALL).group())
    assert caption.endswith("Grey: where 95 % of 1,000 permutations of the labels within speakers put the same predictions.")
    metrics = first.split("All metrics")[1].split("</table>")[0]
    assert "Null mean" in metrics
    assert metrics.count("[0.290, 0.378]") == 1
    last = everything.split('id="t3"')[1].split('id="reproduce"')[0]
    assert "Grey" not in last
    assert 'class="null"' not in last


def test_the_caution_stands_beside_every_interval(full, everything):
    said = full.tasks[0].caution.rstrip(".")
    section = everything.split('id="t1"')[1].split('id="t2"')[0]
    assert said in section.split('class="headline"')[1].split("</div>")[0]
    over = [c for c in re.findall(r"<caption>(.*?)</caption>", section, re.DOTALL) if "intervals over" in c]
    assert len(over) == 3  # the rows, the layers, the other metrics
    assert all(said in caption for caption in over)
    overview = everything.split('id="overview"')[1].split("</section>")[0]
    assert f"* {full.tasks[0].caution}" in re.search(r"<caption>(.*?)</caption>", overview, re.DOTALL).group(1)
    assert overview.count("[0.607, 0.693]*</td>") == 2


def test_other_readings_of_the_label(everything):
    first, second = (everything.split(f'id="t{n}-stability"')[1].split("</table>")[0] for n in (1, 2))
    assert "The first row stays first under 3 of 5 readings; a winner would need at least 4, so this board names none." in first
    assert first.count("another row") == 2
    assert '<a href="#t1-stability">The best row stays first under only 3 of 5 readings' in everything
    assert "The first row stays first under 4 of 5 readings; a winner would need at least 4." in second
    assert '<a href="#t2-stability">' not in everything
    assert 'id="t3-stability"' not in everything


def test_the_page_of_everything_is_whole(everything):
    page = Page(everything)
    assert page.open == []
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert len(page.all("caption")) == len(page.all("table"))
    assert "nobody knows who speaks" in everything


def test_tiers_are_a_column_where_there_are_some(tiered):
    first, second = render_html(tiered).split('<section class="task"')[1:3]
    assert ">Tier</th>" in first
    assert first.count('class="n tier"') == len([row for row in tiered.tasks[0].rows if row.status == "done"])
    assert "exchange their answers for some of the speakers" in first
    assert ">Tier</th>" not in second
    assert "There are no tiers with fewer than 6 held-out speakers." in second
