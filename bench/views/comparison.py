"""Two ledgers side by side: first what was changed, then what moved; for a terminal, as Markdown and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.base.durable import write_whole
from bench.base.error import RequestError
from bench.runs.difference import LOST, WAITING, Change, LedgerComparison, MovedRow, TaskComparison
from bench.runs.row import Row
from bench.views.console import console, printed
from bench.views.markdown import plain, table
from bench.views.number import called, counted, fixed, interval, signed, visible, with_interval
from bench.views.page import environment, own_text, policy

TITLE = "Two runs compared"
ENDINGS = (".html", ".md")
SHOWN = 3
VERDICTS = {
    "equal": "bit-equal",
    "moved": "moved beyond noise",
    "still": "not beyond noise",
    "untold": "cannot be told",
}
HOW = (
    "Noise: a row's answers in the two runs are swapped speaker by speaker, all rows of the task taken together (max-T); "
    "p is adjusted for that. Intervals are over speakers, the same ones drawn for both."
)


@dataclass(frozen=True)
class Part:
    """Sentences and a table under a heading; the first column, and those that are named ``words``, hold words."""

    title: str
    sentences: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def aligned(self) -> str:
        """An ``l`` or ``r`` for each column."""
        return "".join("l" if not place or head in self.words else "r" for place, head in enumerate(self.heads))


def parts(given: LedgerComparison, short: bool = False) -> tuple[Part, ...]:
    """All that there is to say, in order; ``short``, for a terminal, leaves out bit-equal rows and the rows' own intervals."""
    return tuple(_parts(given, short))


def _parts(given: LedgerComparison, short: bool) -> Iterator[Part]:
    lonely = [f"Only the first has {', '.join(given.only_before)}."] if given.only_before else []
    lonely += [f"Only the second has {', '.join(given.only_after)}."] if given.only_after else []
    nothing = () if given.changes else ("Command, seed and versions are the same.",)
    yield Part("What was changed", (*nothing, *lonely), *_changed(given.changes))
    for task in given.tasks:
        title = task.name + (", speaker track" if task.track == "speaker" else "") + (f" ({task.badge})" if task.badge else "")
        if task.changes:
            yield Part(f"{title}: the task", (), *_changed(task.changes))
        heads = ("Row", f"{task.metric_label} before", "After", "Difference", "p", "Guesses changed", "Verdict")
        lines = tuple(_line(row, short) for row in task.rows if row.n_changed or not short)
        yield Part(title, tuple(_sentences(task)), heads, lines, ("Verdict",))


def _changed(changes: Sequence[Change]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    if not changes:
        return (), (), ()
    heads = ("", "Before", "After")
    return heads, tuple((one.what, one.before or "none", one.after or "none") for one in changes), heads


def _sentences(task: TaskComparison) -> Iterator[str]:
    if not task.changes:
        yield "The task itself is described alike in both."
    yield from task.basis
    yield from (sentence for sentence in (summary(task), task.untold) if sentence)
    for lost, where in ((task.failed_before, "first"), (task.failed_after, "second")):
        for error in dict.fromkeys(row.error for row in lost):
            rows = [row for row in lost if row.error == error]
            verb = "failed" if error not in (WAITING, LOST) else "has no value" if len(rows) == 1 else "have no value"
            yield f"{_some(rows)} {verb} in the {where}: {error.rstrip('.')}."
    for alone, where in ((task.only_before, "first"), (task.only_after, "second")):
        if alone:
            yield f"Only the {where} has a value of {_some(alone)}."


def _some(rows: Sequence[Row]) -> str:
    """The first rows by what they are called, and how many more there are."""
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return "; ".join(called(row) for row in rows[:SHOWN]) + more


def summary(task: TaskComparison) -> str:
    """How many rows moved, in a sentence; empty where none is compared."""
    counts = {verdict: sum(row.verdict == verdict for row in task.rows) for verdict in VERDICTS}
    if not task.rows:
        return ""
    if counts["equal"] == len(task.rows):
        which = " that both have" if task.only_before or task.only_after or task.failed_before or task.failed_after else ""
        if len(task.rows) == 1:
            return f"The one row{which} guesses the same, bit for bit."
        return f"All {len(task.rows)} rows{which} guess the same, bit for bit."
    equal, others = counts["equal"], len(task.rows) - counts["equal"]
    said = [f"{counts['moved']} of {counted(len(task.rows), 'row')} moved beyond noise"] if not task.untold else []
    said += [f"{equal} {'is' if equal == 1 else 'are'} bit-equal"] if equal else []
    text = ", and ".join(said) or f"{counted(others, 'row')} {'guesses' if others == 1 else 'guess'} otherwise"
    strange = sum(row.same_job and row.n_changed > 0 for row in task.rows)
    odd = (
        f" {counted(strange, 'row')} of the same job gave other guesses: another machine, or other libraries."
        if strange
        else ""
    )
    return f"{text}.{odd}"


def _line(row: MovedRow, short: bool) -> tuple[str, ...]:
    return (
        called(row.row),
        *(fixed(value.value) if short else with_interval(value) for value in (row.before, row.after)),
        f"{signed(row.difference.value)} {interval(row.difference)}".strip() if row.n_changed else "0",
        "–" if row.p is None or not row.n_changed else fixed(row.p),
        f"{row.n_changed:,}",
        VERDICTS[row.verdict],
    )


def render_comparison(given: LedgerComparison, width: int = 100, colour: bool = False) -> str:
    """Render as text for a terminal.

    Examples
    --------
    >>> print(render_comparison(LedgerComparison("a", "b", (), ())), end="")
    a -> b
    <BLANKLINE>
    What was changed
    Command, seed and versions are the same.
    """
    from rich.table import Table
    from rich.text import Text

    made = console(width, colour)
    made.print(Text(visible(f"{given.before} -> {given.after}"), style="bold"))
    for part in parts(given, short=True):
        made.print()
        made.print(Text(visible(part.title), style="bold"))
        for sentence in part.sentences:
            made.print(Text(visible(sentence)))
        if part.lines:
            found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
            for head, side in zip(part.heads, part.aligned, strict=True):
                found.add_column(head, justify="left" if side == "l" else "right", overflow="fold")
            for line in part.lines:
                found.add_row(*(Text(visible(cell)) for cell in line))
            made.print(found)
    if any(task.rows for task in given.tasks):
        made.print()
        made.print(Text(HOW, style="dim"))
    return printed(made)


def render_comparison_markdown(given: LedgerComparison) -> str:
    """Render as Markdown.

    Examples
    --------
    >>> print(render_comparison_markdown(LedgerComparison("a", "b", (), ())).splitlines()[0])
    # Two runs compared
    """
    blocks = [f"# {TITLE}", plain(f"{given.before} -> {given.after}")]
    for part in parts(given):
        blocks += [f"## {plain(part.title)}", *map(plain, part.sentences)]
        blocks += [table(part.heads, part.aligned, part.lines)] if part.lines else []
    return "\n\n".join([*blocks, plain(HOW)]) + "\n"


def render_comparison_page(given: LedgerComparison) -> str:
    """Render as a page that needs no other file and no network.

    Examples
    --------
    >>> render_comparison_page(LedgerComparison("a", "b", (), ())).startswith("<!DOCTYPE html>")
    True
    """
    style = own_text("leaderboard.css")
    template = environment().get_template("comparison.html.j2")
    page = template.render(given=given, parts=parts(given), title=TITLE, how=HOW, style=style, policy=policy(style))
    return page if page.endswith("\n") else page + "\n"


def check_out(file: Path) -> None:
    """Make sure that a comparison can be written to a file, before it is made.

    Raises
    ------
    RequestError
        If its name says that it is neither a page nor Markdown, or it cannot lie there.
    """
    if file.suffix.lower() not in ENDINGS:
        raise RequestError(
            f"{str(file)!r} ends in {file.suffix or 'nothing'!r}. Expected is {' or '.join(ENDINGS)}. Give it such a name."
        )
    if file.is_dir():
        raise RequestError(f"{str(file)!r} is a folder. Expected is a file to write. Give it another name.")
    if not file.parent.is_dir():
        raise RequestError(f"The folder {str(file.parent)!r} of {str(file)!r} does not exist. Make it, or give another place.")


def write_comparison(given: LedgerComparison, file: Path) -> Path:
    """Write a comparison to a file: a page, or Markdown where its name ends in ``.md``.

    Raises
    ------
    RequestError
        As `check_out` does.
    BenchError
        If it cannot be written.
    """
    check_out(file)
    render = render_comparison_markdown if file.suffix.lower() == ".md" else render_comparison_page
    write_whole(file, render(given).encode())
    return file
