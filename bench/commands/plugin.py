"""What can be named, and what people add to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.flag import CacheFlag, PluginFlag, plugin_files


def list_names(
    kind: Annotated[str, typer.Argument(help="corpora, features, models, or all.")] = "all", plugin: PluginFlag = None
) -> None:
    """List corpora, feature sets and models."""
    from bench.base.error import RequestError, unknown_name
    from bench.runs.plugin import REGISTRIES, add_plugins

    add_plugins(plugin_files(plugin))
    sections = dict(zip(("corpora", "features", "models"), REGISTRIES, strict=True))
    if kind not in (*sections, "all"):
        raise unknown_name("kind of thing", kind, (*sections, "all"))
    broken: list[str] = []
    for name, registry in sections.items():
        if kind in (name, "all"):
            typer.echo(name)
            if name == "features":
                typer.echo("  A+B puts columns side by side; mean[A+B] and stack[A+B] fuse what models say of each")
            for entry in registry.names():
                try:
                    summary = (registry.get(entry).__doc__ or "").strip().splitlines()
                except RequestError as error:
                    broken.append(str(error))
                    summary = ["cannot be used"]
                source = registry.source(entry)
                typer.echo(f"  {entry:<12} {summary[0] if summary else ''}".rstrip() + (f" (from {source})" if source else ""))
    for sentence in broken:
        typer.echo(sentence, err=True)
    if broken:
        raise typer.Exit(1)


def new(
    kind: Annotated[str, typer.Argument(help="feature-set, corpus or model.")],
    name: Annotated[str, typer.Argument(help="What it shall be called, as in night-shift.")],
) -> None:
    """Write a plug-in that works as it is, and a test for it.

    They are called NAME.py and test_NAME.py, and lie in this folder.
    """
    from bench.runs.scaffold import scaffold
    from bench.views.scaffold import render_scaffold

    typer.echo(render_scaffold(scaffold(kind, name)), nl=False)


def check(
    what: Annotated[str, typer.Argument(help="A Python file of your own, or NAME=PATH, where a corpus lies.")],
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    patience: Annotated[
        float | None,
        typer.Option("--patience", help="Longest time for one answer, in seconds; 60 if not given, 300 to read a corpus."),
    ] = None,
) -> None:
    """Say what is wrong with a plug-in or a corpus of yours.

    A feature set, a model, or the reader of a corpus (--plugin brings yours).
    """
    from bench.runs.check import check as tried
    from bench.views.number import counted

    faults, untried = 0, False
    for checked in tried(what, plugin_files(plugin), cache, patience):
        untried |= bool(checked.untried)
        verdict = checked.untried or (counted(len(checked.faults), "fault") if checked.faults else "nothing wrong was found")
        typer.echo(f"{checked.name}: {verdict}")
        for fault in checked.faults:
            typer.echo(f"  {fault}")
        faults += len(checked.faults)
    if faults or untried:
        raise typer.Exit(1 if faults else 2)
