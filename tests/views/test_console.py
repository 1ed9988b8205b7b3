"""The console of the views for a terminal."""

from bench.views.console import console, printed


def test_what_looks_like_markup_is_text_and_lines_end_where_they_end():
    made = console(20)
    made.print("[bold]x[/bold] :smile:   ")
    assert printed(made) == "[bold]x[/bold]\n:smile:\n"


def test_colour_is_there_when_it_is_asked_for_only(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    plain, coloured = console(20), console(20, colour=True)
    for made in (plain, coloured):
        made.print("x", style="red")
    assert printed(plain) == "x\n"
    assert printed(coloured).startswith("\x1b[31mx")


def test_the_width_does_not_hang_on_the_environment(monkeypatch):
    monkeypatch.setenv("COLUMNS", "9")
    made = console(40)
    made.print("a line of more than nine columns")
    assert printed(made).count("\n") == 1
