"""`fatigue-bench compare`, called as the command line calls it."""

from typer.testing import CliRunner

from bench.__main__ import app
from bench.base.error import RequestError
from tests.runs.test_comparison import House, guesses


def test_two_runs_are_compared_and_a_wrong_folder_is_a_wrong_request(tmp_path):
    folders = []
    for seed, name in enumerate(("monday", "tuesday")):
        house = House(tmp_path / name)
        house.row("given", guesses(house.truth, 0.5 + 3 * seed, seed))
        folders.append(str(house.close()))
    page = tmp_path / "compared.html"
    done = CliRunner().invoke(app, ["compare", *folders, "--out", str(page)])
    assert done.exit_code == 0, done.output
    assert "1 of 1 row moved beyond noise." in done.output
    assert page.read_text().startswith("<!DOCTYPE html>")
    wrong = CliRunner().invoke(app, ["compare", folders[0], str(tmp_path)])
    assert isinstance(wrong.exception, RequestError)  # exit code 2
    early = CliRunner().invoke(app, ["compare", *folders, "--out", str(tmp_path / "told.pdf")])
    assert isinstance(early.exception, RequestError)
    assert early.output == ""
