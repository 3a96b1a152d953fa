from __future__ import annotations

import tomllib

from .conftest import ROOT


def pins(lines):
    found = {}
    for line in lines:
        text = line.split("#")[0].strip()
        if "==" in text:
            name, version = text.split("==")
            found[name.split("[")[0].lower()] = version
    return found


def test_the_functions_layer_pins_what_the_project_pins():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    layer = pins((ROOT / "layers/dependencies/requirements.txt").read_text().splitlines())
    wanted = pins(project["dependencies"])
    assert layer
    assert {name: wanted[name] for name in layer} == layer


def test_every_dependency_is_pinned_exactly():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert not [line for line in every if "==" not in line]


def test_handlers_hold_no_logic():
    for handler in (ROOT / "functions").glob("*/app.py"):
        lines = [line for line in handler.read_text().splitlines() if line.strip()]
        assert len(lines) < 20, handler.parent.name
        assert " if " not in handler.read_text().replace("if TYPE_CHECKING", ""), handler.parent.name
