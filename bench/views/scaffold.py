"""What to do with a plug-in that was just written, as commands to be copied."""

from __future__ import annotations

from bench.runs.scaffold import Scaffold

SECTIONS = {"corpus": "corpora", "feature-set": "features", "model": "models"}


def render_scaffold(made: Scaffold) -> str:
    """What was written and what to do next.

    Parameters
    ----------
    made : Scaffold

    Returns
    -------
    str
        Ends with a line break.

    Examples
    --------
    >>> from pathlib import Path
    >>> file, test = Path("forest.py"), Path("test_forest.py")
    >>> made = Scaffold("model", "forest", file, test, "bench.models", "your_package.forest:ForestModel")
    >>> print(render_scaffold(made), end="")
    forest.py and test_forest.py are written, and work as they are. Then:
    <BLANKLINE>
      say what is wrong with it    fatigue-bench check forest.py
      test it                      python -m pytest test_forest.py
      use it                       fatigue-bench run --plugin forest.py --models forest
      list it                      fatigue-bench list models --plugin forest.py
    <BLANKLINE>
    To publish it, in the pyproject.toml of your package:
    <BLANKLINE>
      [project.entry-points."bench.models"]
      forest = "your_package.forest:ForestModel"
    """
    checked, used = _commands(made)
    steps = {
        "say what is wrong with it": f"fatigue-bench check {checked}",
        "test it": f"python -m pytest {made.test}",
        "use it": f"fatigue-bench run --plugin {made.file} {used}",
        "list it": f"fatigue-bench list {SECTIONS[made.kind]} --plugin {made.file}",
    }
    lines = [f"{made.file} and {made.test} are written, and work as they are. Then:", ""]
    lines += [f"  {what:<27}  {command}" for what, command in steps.items()]
    lines += ["", "To publish it, in the pyproject.toml of your package:", ""]
    lines += [f'  [project.entry-points."{made.group}"]', f'  {made.name} = "{made.target}"']
    return "\n".join(lines) + "\n"


def _commands(made: Scaffold) -> tuple[str, str]:
    """What `check` and `run` are given beside the file."""
    if made.kind == "corpus":
        small = f"--tasks {made.name}/kss --features egemaps --models linear"
        return f"{made.name}=PATH --plugin {made.file}", f"--corpora {made.name}=PATH {small}"
    return str(made.file), f"--{SECTIONS[made.kind]} {made.name}"
