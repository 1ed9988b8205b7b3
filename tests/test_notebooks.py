"""The notebooks run from a clean kernel in an empty folder, and draw."""

import base64
import json
import struct
import sys

import pytest

from tests.conftest import ROOT

for needed in ("espeakng_loader", "ipykernel", "jupytext", "nbclient"):
    pytest.importorskip(needed, reason="the extras [synth] and [notebook] are not installed")

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """A kernel that is this interpreter, whatever kernels are installed; its name."""
    spec = tmp_path / "jupyter" / "kernels" / "own"
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "own", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return "own"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_a_clean_kernel_and_draws(path, kernel, tmp_path):
    import jupytext
    from nbclient import NotebookClient

    notebook = jupytext.read(path)
    place = tmp_path / "empty"
    place.mkdir()
    NotebookClient(notebook, timeout=300, kernel_name=kernel, resources={"metadata": {"path": str(place)}}).execute()

    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    pictures = [base64.b64decode(output.data["image/png"]) for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 4
    for picture in pictures:
        width, height = struct.unpack(">II", picture[16:24])
        assert width > 800
        assert height > 300
        assert len(picture) > 10_000
    said = "".join(output.text for output in outputs if output.get("name") == "stdout")
    assert "Nobody was tired." in said
    (moved,) = [line for line in said.splitlines() if line.startswith("Interval without 0:")]
    assert "articulation rate (nuclei/s) down" in moved
    assert "share of pauses up" in moved
    assert sorted(one.name for one in place.iterdir()) == ["features_cache"]


def test_the_notebooks_are_kept_as_text():
    assert NOTEBOOKS
    for path in NOTEBOOKS:
        assert "format_name: percent" in path.read_text()
