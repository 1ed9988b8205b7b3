"""Looking after the stored features."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bench.commands.flag import CacheFlag, Names


def cache_ls(cache: CacheFlag = Path("features_cache")) -> None:
    """List what is stored."""
    from bench.features.upkeep import ls
    from bench.views.listing import render_rows

    typer.echo(render_rows(ls(_store(cache))), nl=False)


def cache_verify(cache: CacheFlag = Path("features_cache")) -> None:
    """Read every part with its checksums and compute every probe again."""
    from bench.features.upkeep import verify
    from bench.views.listing import render_rows

    found = verify(_store(cache))
    typer.echo(render_rows(found), nl=False)
    if any(one.problems for one in found):
        raise typer.Exit(1)


def cache_gc(
    cache: CacheFlag = Path("features_cache"),
    drop: Annotated[
        Names, typer.Option("--drop", help="Also remove this feature set (its name or folder); repeat for more.")
    ] = None,
) -> None:
    """Remove leftovers, merge small parts, say what could go."""
    from bench.decoders.facts import FactStore
    from bench.features.upkeep import gc
    from bench.views.listing import render_rows

    typer.echo(render_rows((gc(_store(cache), drop or (), FactStore(cache)),)), nl=False)


def _store(cache: Path) -> Any:
    from bench.features.store import FeatureStore

    return FeatureStore(cache / "features")
