"""Settings: their defaults as the reference prints them, and the ways to give them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from ml_connector.errors import Misconfigured
from ml_connector.sterling import SterlingSettings

REFERENCE = Path(__file__).parents[3] / "docs/reference/sterling.md"
_ROW = re.compile(r"^\| `(\w+)` \| (?:`(.*?)`)? *\|", re.MULTILINE)


def read(**variables):
    return SterlingSettings.from_environment({"STERLING_HOST": "h", **variables})


def test_the_reference_has_every_setting_with_its_default():
    rows = dict(_ROW.findall(REFERENCE.read_text()))
    assert set(rows) == set(SterlingSettings.model_fields)
    defaults = json.loads(SterlingSettings(host="").model_dump_json())
    assert rows == {name: _printed(value) for name, value in defaults.items()}


def _printed(value):
    if value in (None, ""):
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def test_settings_without_a_variable_of_their_own_stand_together_as_json():
    given = {"after_receipt": "move", "move_to": "/Done", "overlap": "PT30M", "resource_paths": {"a": "b"}}
    settings = read(STERLING_SETTINGS=json.dumps(given), STERLING_MAILBOXES="/A")
    assert (settings.after_receipt, settings.move_to) == ("move", "/Done")
    assert settings.overlap == timedelta(minutes=30)
    assert settings.resource("a") == "/B2BAPIs/svc/b/"
    assert settings.mailboxes == ("/A",)


def test_a_variable_of_its_own_goes_before():
    settings = read(STERLING_SETTINGS='{"port": 1}', STERLING_PORT="2")
    assert settings.port == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{", "STERLING_SETTINGS is no JSON object"),
        ("[]", "STERLING_SETTINGS is no JSON object"),
        ('{"overlapp": 1}', "STERLING_OVERLAPP"),
        ('{"page_size": 1}', "STERLING_PAGE_SIZE"),
        ('{"after_receipt": "move"}', "move_to"),
    ],
)
def test_what_is_wrong_among_them_is_named(given, told):
    with pytest.raises(Misconfigured, match=told):
        read(STERLING_SETTINGS=given)


def test_spans_are_told_as_the_reference_says():
    assert TypeAdapter(timedelta).validate_python("PT15M") == SterlingSettings(host="h").overlap
