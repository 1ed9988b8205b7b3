"""The board as Markdown (GitHub's): the tables of the page, for a report or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bench.runs.board import Board, TaskBoard
from bench.runs.row import Row
from bench.views import baseline, number, reliability, remark, seed, stability, standing, subgroup, yardstick
from bench.views.layer_stand import furthest, stands_of
from bench.views.layer_words import paragraph

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#&!$])")
_MOST_LISTED = 50


def render_markdown(board: Board) -> str:
    """Render a board as GitHub-flavoured Markdown.

    Parameters
    ----------
    board : Board

    Returns
    -------
    str
        Ended by a line feed. The same board always gives the same text; texts of the board are escaped.

    Examples
    --------
    >>> print(render_markdown(Board("fatigue-bench run", {}, 0, 0, 0, 0, "", ())).splitlines()[0])
    # Fatigue Benchmark
    """
    blocks = ["# Fatigue Benchmark", *map(plain, standing.warnings(board)), plain(standing.progress(board))]
    if len(board.tasks) > 1:
        blocks += ["## Overview", _overview(board)]
    for task in board.tasks:
        blocks += _task(task)
    blocks += _reproduce(board)
    return "\n\n".join(block for block in blocks if block) + "\n"


def plain(text: str) -> str:
    r"""Escape a text so that Markdown shows it as it is, on one line.

    Examples
    --------
    >>> plain("a|b <i> *x*")
    'a\\|b \\<i\\> \\*x\\*'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(number.visible(text).split()))


def table(heads: Sequence[str], aligned: str, lines: Sequence[Sequence[str]]) -> str:
    """Lay out a table; ``aligned`` has an ``l`` (text) or ``r`` (numbers) for each column. Cells are escaped here.

    Examples
    --------
    >>> print(table(["Model", "UAR"], "lr", [["linear", "0.631"]]))
    | Model | UAR |
    | :-- | --: |
    | linear | 0.631 |
    """
    rule = [":--" if side == "l" else "--:" for side in aligned]
    rows = [[plain(cell) for cell in heads], rule, *([plain(cell) for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def title(task: TaskBoard) -> str:
    """The name of a task with its track and badge."""
    track = ", speaker track" if task.track == "speaker" else ""
    return task.name + track + (f" ({task.badge})" if task.badge else "")


def _overview(board: Board) -> str:
    lines = []
    for task in board.tasks:
        row = standing.best(task)
        value = row.metrics[task.metric] if row else None
        lines.append(
            (
                title(task),
                number.called(row) if row else remark.nothing(task),
                task.metric_label,
                number.fixed(value.value) if value else "–",
                (number.interval(value) or number.no_interval(task) or "no interval") if value else "–",
                number.fixed(task.chance),
                str(len(standing.asked(task))),
                str(len(standing.failed(task))),
            )
        )
    return table(("Task", "Highest row", "Metric", "Value", "Interval", "Chance", "Rows", "Failed"), "lllrrrrr", lines)


def _task(task: TaskBoard) -> Iterator[str]:
    yield f"## {plain(title(task))}"
    yield plain(task.target.about)
    yield plain(remark.headline(task))
    yield plain(f"{number.size(task)}, {number.folds(task)}, fold hash {task.fold_hash}.")
    yield _rows(task)
    yield from _legend(task)
    folded = standing.folded(task)
    if folded:
        are = f"{standing.folding(task)} {'is' if len(folded) == 1 else 'are'}"
        yield f"{are} left out of this table and given under *Layer by layer*."
    yield from _yardsticks(task)
    yield "\n".join(_findings(task))
    yield from _stability(task)
    yield from _layers(task)
    yield from _speakers(task)
    yield from _confusions(task)
    yield from _reliability(task)
    yield from _subgroups(task)
    yield from _metrics(task)
    yield "### The corpus"
    yield "\n".join(f"- {plain(term)}: {plain(text)}" for term, text in task.card.items())
    yield "\n".join(_excluded(task))


def _rows(task: TaskBoard) -> str:
    metric = f"{task.metric_label} ({task.badge})" if task.badge else task.metric_label
    null = ("Null band",) if standing.has_null(task) else ()
    tier = ("Tier",) if standing.first_tier(task) else ()
    heads = (
        "Feature set",
        "Layer",
        "Model",
        metric,
        f"95 % interval{remark.cautioned(task)}",
        *null,
        *tier,
        ", ".join(filter(None, (remark.difference(task), remark.corrected(task)))),
    )
    costs = ("Extraction s/min", "Fitting s", "Cache MB", "Findings")
    lines = []
    for row in standing.shown(task):
        name = (_name(row), row.layer, row.model)
        if row.status == "failed":
            lines.append((*name, "failed", "", *("" for _ in (*null, *tier)), "", "", "", "", row.error))
            continue
        value = row.metrics[task.metric]
        lines.append(
            (
                *name,
                number.fixed(value.value),
                number.interval(value) or number.no_interval(task) or "no interval",
                *(number.interval(row.null) if row.null else "–" for _ in null),
                *("–" if row.tier is None else str(row.tier) for _ in tier),
                number.difference(row.difference) or (remark.role(task) if row is standing.best(task) else "–"),
                number.fixed(row.extract_seconds, 2),
                number.fixed(row.fit_seconds, 2),
                number.fixed(row.cache_mb, 2),
                " ".join(standing.codes(row)),
            )
        )
    return table((*heads, *costs), "lllrr" + "r" * len((*null, *tier)) + "rrrrl", lines)


def _name(row: Row) -> str:
    if not row.baseline:
        return row.feature_set
    repeated = f" of {row.feature_set}" if baseline.of(row) else ""
    return f"baseline: {baseline.label(row)}{repeated}"


def _legend(task: TaskBoard) -> Iterator[str]:
    if standing.has_null(task):
        yield f"Null band: {plain(remark.NULL_BAND)}."
    if remark.tiers(task):
        yield plain(remark.tiers(task))
    elif task.untiered:
        yield plain(task.untiered)
    kinds = baseline.legend(task)
    if kinds:
        yield "Baselines: " + "; ".join(f"*{plain(name)}*: {plain(about)}" for name, about in kinds) + "."


def _stability(task: TaskBoard) -> Iterator[str]:
    if task.stability is not None:
        yield f"### {stability.QUESTION}"
        yield plain(stability.verdict(task.stability))
        yield plain(stability.ABOUT)
        lines = [line[:4] for line in stability.lines(task.stability, task.target.name)]
        yield table(stability.HEADS, "llrr", lines)


def _findings(task: TaskBoard) -> Iterator[str]:
    if task.findings or any(row.findings for row in task.rows):
        yield "### Findings\n"
    for finding in task.findings:
        yield f"- {finding.code}: {plain(finding.message)}"
    for found in standing.row_findings(task):
        yield f"- {found.code}: {plain(found.about)} ({number.counted(found.n_rows, 'row')})."
        for message, rows in () if found.in_table else found.sentences:
            yield f"  - {plain(message)} ({plain('; '.join(rows))})"


def _intervals(task: TaskBoard) -> Iterator[str]:
    text = remark.intervals(task)
    yield f"{plain(text[:1].upper() + text[1:])}."


def _layers(task: TaskBoard) -> Iterator[str]:
    if not (task.curves or task.layers):
        return
    yield "### Layer by layer"
    yield from _intervals(task)
    names = dict.fromkeys(curve.feature_set for curve in task.curves)
    for name in names:
        curves = [curve for curve in task.curves if curve.feature_set == name]
        points = [dict(curve.points) for curve in curves]
        layers = sorted({layer for found in points for layer in found})
        lines = [(str(at), *(number.with_interval(f[at]) if at in f else "–" for f in points)) for at in layers]
        yield plain(name)
        yield table(("Layer", *(curve.model for curve in curves)), "r" * (len(curves) + 1), lines)
    for board in task.layers:
        heads = (f"{board.encoder}: what the model is given", "Model", task.metric_label, "Beats", "Is beaten by")
        stands = [(s.name, s.model, number.with_interval(s.value), s.beats, s.beaten_by) for s in stands_of(board)]
        yield f"**{plain(board.encoder)}:** {plain(paragraph(task, board))}"
        yield table(heads, "llrrr", stands)
        yield plain(furthest(board))


def _speakers(task: TaskBoard) -> Iterator[str]:
    rows = standing.leading(task)
    names = sorted({name for row in rows for name in row.by_speaker})
    if names:
        yield "### Speaker by speaker"
        lines = [(name, *(number.fixed(row.by_speaker.get(name)) for row in rows)) for name in names]
        yield table(("Speaker", *map(number.called, rows)), "l" + "r" * len(rows), lines)


def _confusions(task: TaskBoard) -> Iterator[str]:
    rows = [row for row in standing.leading(task) if row.confusion]
    if rows:
        yield "### Which level is taken for which"
        yield "Clips of each true level (rows) by what they were rated as (columns)."
    for row in rows:
        yield plain(number.called(row))
        named = zip(task.target.levels, row.confusion or (), strict=True)
        lines = [(level, *map(str, counts)) for level, counts in named]
        yield table(("True level", *task.target.levels), "l" + "r" * len(lines), lines)


def _reliability(task: TaskBoard) -> Iterator[str]:
    words = reliability.said(task)
    if words is not None:
        yield f"### {words.question}"
        yield plain(words.about)
        yield "\n".join(f"- {plain(sentence)}" for sentence in words.sentences)
        yield table(words.rows.heads, "l" + "r" * (len(words.rows.heads) - 1), words.rows.lines)
    spread = seed.lines(task)
    if spread:
        yield f"### {seed.TITLE}"
        yield plain(seed.ABOUT)
        yield table(seed.HEADS, "l" + "r" * (len(seed.HEADS) - 1), spread)


def _yardsticks(task: TaskBoard) -> Iterator[str]:
    if task.yardsticks:
        yield f"### {yardstick.TITLE}"
        yield plain(yardstick.about(task))
        yield table(yardstick.HEADS, "lrlll", yardstick.lines(task))


def _subgroups(task: TaskBoard) -> Iterator[str]:
    tables = subgroup.tables(task)
    if tables:
        yield f"### {subgroup.TITLE}"
        yield plain(subgroup.about(task))
    for own in tables:
        yield f"By {plain(own.trait)}:"
        yield table(own.heads, "l" + "r" * (len(own.heads) - 1), own.lines)


def _metrics(task: TaskBoard) -> Iterator[str]:
    names = standing.metric_names(task)
    done = [row for row in standing.shown(task) if row.status == "done"]
    if not done:
        return

    def cells(row: Row) -> Iterator[str]:
        for name in names:
            yield number.with_interval(row.metrics[name]) if name in row.metrics else "–"

    yield "### Other metrics"
    yield from _intervals(task)
    heads = ("Feature set", "Model", *(number.metric_label(task, name) for name in names))
    yield table(heads, "ll" + "r" * len(names), [(number.spelled(row), row.model, *cells(row)) for row in done])


def _excluded(task: TaskBoard) -> Iterator[str]:
    yield f"### Excluded clips: {len(task.excluded)}\n"
    for reason, clips in standing.reasons(task):
        more = f", and {len(clips) - _MOST_LISTED} more" if len(clips) > _MOST_LISTED else ""
        yield f"- {number.counted(len(clips), 'clip')}: {plain(reason)} ({plain(', '.join(clips[:_MOST_LISTED]))}{more})"


def _reproduce(board: Board) -> Iterator[str]:
    command = number.visible(board.command)
    longest = max((len(run) for run in re.findall("`+", command)), default=0)
    fence = "`" * max(3, longest + 1)
    yield "## Reproduce"
    yield f"{fence}sh\n{command}\n{fence}"
    versions = ", ".join(f"{plain(name)} {plain(version)}" for name, version in board.versions.items())
    yield f"Seed {board.seed}." + (f" Made with {versions}." if versions else "")
