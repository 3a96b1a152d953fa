import pytest

from ml_connector.edi.charset import Charset


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("latin-1", "Blåbær".encode("latin-1"), "Blåbær"),
        ("latin-1", "Blåbær".encode(), "Blåbær"),
        ("latin-1", "“10 €”".encode("cp1252"), "“10 €”"),
        ("ascii", "Blåbær".encode("latin-1"), "Blåbær"),
        ("iso8859-2", "Żółw".encode("iso8859-2"), "Żółw"),
        ("iso8859-5", "Привет".encode("iso8859-5"), "Привет"),
        ("utf-8", "Привет".encode(), "Привет"),
        ("utf-8", "Blåbær".encode("latin-1"), "Blåbær"),
        ("latin-1", b"A\x81B\xe5", "A\x81Bå"),
    ],
)
def test_text_is_decoded_by_label_or_by_what_the_bytes_show(name, data, text):
    assert Charset(name).decode(data) == text


def test_a_partners_setting_wins_over_what_the_bytes_show():
    assert Charset("latin-1", pinned=True).decode("å".encode()) == "Ã¥"


def test_no_byte_ever_becomes_a_question_mark():
    every = bytes(range(256))
    for name in ("ascii", "latin-1", "utf-8", "iso8859-6", "euc_kr"):
        text = Charset(name).decode(every)
        assert "\ufffd" not in text
        assert text.count("?") == 1
