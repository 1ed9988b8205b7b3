"""The Markdown board."""

import re

from bench.views.markdown import plain, render_markdown


def tables(text: str) -> list[list[list[str]]]:
    found, lines = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            lines.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif lines:
            found.append(lines)
            lines = []
    return found


def test_every_table_has_as_many_cells_in_each_line(board):
    found = tables(render_markdown(board))
    assert len(found) > 8
    for table in found:
        assert len({len(line) for line in table}) == 1, table[0]


def test_rows_values_and_what_is_left_out(board):
    text = render_markdown(board)
    rows = next(table for table in tables(text) if table[0][0] == "Feature set")
    assert len(rows) == 2 + 11
    assert rows[2][:6] == ["egemaps", "", "linear", "0.652", r"\[0.607, 0.693\]", "best"]
    assert rows[3][-1] == "FB007"
    assert rows[-1][3] == "failed"
    assert "26 single-layer rows are left out" in text
    layers = next(table for table in tables(text) if table[0][0] == "Layer")
    assert len(layers) == 2 + 13


def test_the_badge_stands_in_every_heading_and_above_every_value(board):
    text = render_markdown(board)
    for task in board.tasks:
        assert re.search(rf"^## .*\({task.badge}\)$", text, re.MULTILINE)
        assert f"{task.metric_label} ({task.badge})" in text


def test_texts_cannot_become_markup(board):
    text = render_markdown(board)
    assert "<script" not in text.replace("\\<script", "")
    assert "\x1b" not in text
    assert plain("# a\n- b") == "\\# a - b"
    assert "no interval: fewer than 5 speakers" in text


def test_the_command_is_in_a_fence_that_it_cannot_close(board):
    import dataclasses

    text = render_markdown(dataclasses.replace(board, command="run '````'"))
    assert "`````sh\nrun '````'\n`````" in text
    assert "3f9a1c0d52be77aa0142" in text
    assert "numpy 2.4.1" in text


def test_twice_the_same(board):
    assert render_markdown(board) == render_markdown(board)


def test_baselines_null_bands_caution_and_readings(full):
    text = render_markdown(full)
    found = tables(text)
    rows = next(table for table in found if table[0][0] == "Feature set")
    assert rows[0][4] == r"95 % interval (Speakers come in dyads; intervals and tests treat the dyads as independent)"
    assert rows[0][5] == "Null band"
    duration = next(line for line in rows if line[0] == "baseline: duration alone")
    assert duration[3:6] == ["0.640", r"\[0.595, 0.680\]", r"\[0.300, 0.401\]"]
    control = next(line for line in rows if line[0].startswith("baseline: permuted"))
    assert control[0] == r"baseline: permuted labels (control) of wav2vec2\[checkpoint=untrained\[size=base\]\]"
    assert "*duration alone*: hears nothing but how long the clip is" in text
    assert "### Does the order hang on the reading of the label?" in text
    assert "The first row stays first under 3 of 5 readings; a winner would need at least 4, so this board names none." in text
    readings = next(table for table in found if table[0][0] == "Reading of the label")
    assert readings[-1] == ["fatigue-proxy-energetic", "compare svm", "−0.132", "0.778"]
    last = [table for table in found if table[0][0] == "Feature set"][-2]
    assert "Null band" not in last[0]
    assert len({len(line) for table in found for line in table if table is rows}) == 1
    assert "speakers who are not known" in text


def test_tiers_are_a_column_where_there_are_some(tiered):
    text = render_markdown(tiered)
    with_tiers, without = (table for table in tables(text) if table[0][0] == "Feature set" and "Findings" in table[0])
    assert with_tiers[0][5:7] == ["Tier", "Difference to the best, each on its own, not corrected"]
    assert [line[5] for line in with_tiers[2:4]] == ["1", "1"]
    assert "Tier" not in without[0]
    assert "There are no tiers with fewer than 6 held-out speakers." in text
