"""Text in another charset than its label: told element by element, with what it was read as."""

import io

import pytest
from tests.unit.edi.interchanges import ORDER_850, ORDERS, edifact, x12

from ml_connector.edi import ReadOptions, Severity, read_interchanges

PARTIES = ("NAD+BY+5412345000013::9++Bl\xe5b\xe6r:M\xfchle AS++\xd8vre gate 1", "IMD+F++:::R\xf8d")


def told(data, **options):
    return [
        (found.rule, found.tag, found.element, found.component, found.value, found.severity)
        for interchange in read_interchanges(io.BytesIO(data), ReadOptions(**options))
        for message in interchange.messages()
        for found in message.findings
    ]


def message(codec, label="UNOC"):
    data = edifact((*ORDERS[:2], *PARTIES, *ORDERS[2:])).decode("latin-1")
    return data.replace("UNOC", label).encode(codec)


@pytest.mark.parametrize(
    ("codec", "label", "rule"),
    [
        ("utf-8", "UNOC", "utf-8-under-other-label"),
        ("latin-1", "UNOB", "character-outside-repertoire"),
        ("latin-1", "UNOY", "undecodable-under-label"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_each_element_in_another_charset_is_told(codec, label, rule, strict):
    weight = Severity.ERROR if strict else Severity.WARNING
    assert told(message(codec, label), strict=strict) == [
        (rule, "NAD", 4, 1, "Bl\xe5b\xe6r", weight),
        (rule, "NAD", 4, 2, "M\xfchle AS", weight),
        (rule, "NAD", 6, None, "\xd8vre gate 1", weight),
        (rule, "IMD", 3, 4, "R\xf8d", weight),
    ]


def test_text_as_its_label_says_is_not_told():
    assert told(message("latin-1")) == []


def test_one_charset_does_not_hide_another_in_the_same_segment():
    mixed = message("latin-1").replace(b"Bl\xe5b\xe6r", "Blåbær".encode())
    assert told(mixed) == [("utf-8-under-other-label", "NAD", 4, 1, "Blåbær", Severity.WARNING)]


def test_windows_quotes_are_told_in_x12_too():
    data = x12((ORDER_850[0], "N1*ST*\x93ACME\x94", *ORDER_850[1:]))
    assert told(data) == [("cp1252-under-other-label", "N1", 2, None, "\u201cACME\u201d", Severity.WARNING)]
