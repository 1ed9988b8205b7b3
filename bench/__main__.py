"""The command line: parse, call, print. Results go to standard output, everything else to standard error.

Exit codes: 0 done, 1 something failed and is listed, 2 the request was wrong.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bench import __version__
from bench.base.collector import end_quickly
from bench.base.error import BenchError, RequestError
from bench.commands.benchmark import ablate, compare, folds, report, run
from bench.commands.cache import cache_gc, cache_ls, cache_verify
from bench.commands.looking import card, cues, proxy
from bench.commands.plugin import check, list_names, new
from bench.commands.rating import rate

app = typer.Typer(
    help="Which speech representation and which model rate the fatigue of a speaker never heard before, and how sure are we?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
cache_app = typer.Typer(help="Look after the stored features.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(cache_app, name="cache")

_COMMANDS: dict[str, Callable[..., None]] = {  # in the order of --help
    "run": run,
    "ablate": ablate,
    "report": report,
    "compare": compare,
    "list": list_names,
    "folds": folds,
    "card": card,
    "new": new,
    "check": check,
    "cues": cues,
    "rate": rate,
    "proxy": proxy,
}
_CACHE_COMMANDS: dict[str, Callable[..., None]] = {"ls": cache_ls, "verify": cache_verify, "gc": cache_gc}


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"fatigue-bench {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
for _name, _command in _CACHE_COMMANDS.items():
    cache_app.command(_name)(_command)


def main() -> None:
    """Run the command line; every error of ours is one line on standard error and an exit code."""
    # joblib ends a worker that was idle for long and starts another: nothing that a person has to do anything about.
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
    end_quickly()
    sys.exit(_guarded(lambda: app(standalone_mode=True)))


def _guarded(call: Callable[[], Any]) -> int:
    try:
        call()
    except RequestError as error:
        typer.echo(f"fatigue-bench: {error}", err=True)
        return 2
    except BenchError as error:
        typer.echo(f"fatigue-bench: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("fatigue-bench: interrupted; what was finished is kept.", err=True)
        return 1
    except OSError as error:  # not of a pipe that was closed: typer leaves without a word there
        if not _from_echo(error):
            raise
        _drop_output()
        typer.echo(
            f"fatigue-bench: Standard output cannot be written ({error.strerror}). Expected is a place with room. "
            "Free some, or send the output elsewhere.",
            err=True,
        )
        return 1
    return 0


def _from_echo(error: OSError) -> bool:
    """Whether what failed is the printing itself."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_code is typer.echo.__code__


def _drop_output() -> None:
    """Let go of what could not be written; Python would try again as it ends, and complain."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    main()
