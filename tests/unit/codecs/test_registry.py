"""The registry: one place that says which codec serves which message and version."""

from __future__ import annotations

from pathlib import Path

import pytest

import ml_connector.codecs
from ml_connector.codecs import CODECS

# Payment orders go to a bank and never come from one.
_ONLY_WRITTEN = {"PAYORD"}
_BELOW = Path(ml_connector.codecs.__file__).parent


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: f"{codec.standard}-{codec.message}")
def test_a_line_names_a_module_that_does_what_the_line_says(codec):
    module = codec.implementation()

    assert hasattr(module, "encode") == bool(codec.documents)
    assert hasattr(module, "decode") or codec.message in _ONLY_WRITTEN


def test_no_message_of_a_standard_has_two_lines():
    named = [(codec.standard, codec.message) for codec in CODECS]

    assert len(named) == len(set(named))


def test_every_module_of_a_message_is_in_the_registry():
    modules = {
        ".".join(path.relative_to(_BELOW).with_suffix("").parts)
        for path in _BELOW.glob("*/*.py")
        if (text := path.read_text(encoding="utf-8")).find("\ndef decode(") > 0 or "\ndef encode(" in text
    }

    assert modules == {codec.module for codec in CODECS}
