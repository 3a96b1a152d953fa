from __future__ import annotations

import base64
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_connector.sterling.payload import PayloadTooLarge, PayloadUnreadable, read_document
from ml_connector.sterling.settings import PayloadEncoding


def chop(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


def read(data, *, size=7, is_json=True, field="payload", encoding=PayloadEncoding.AUTO, most=1 << 20):
    with read_document(chop(data, size), is_json=is_json, field=field, encoding=encoding, most=most) as spool:
        return spool.read()


@given(st.binary(max_size=300), st.integers(1, 40))
def test_base64_comes_out_as_it_went_in_however_it_is_cut(content, size):
    text = json.dumps({"_id": "a", "x": {"payload": "no"}, "payload": base64.b64encode(content).decode()})
    assert read(text.encode(), size=size) == content


@given(st.text(max_size=100), st.integers(1, 40), st.booleans())
def test_plain_text_comes_out_as_it_went_in_with_every_escape(content, size, ascii_only):
    text = json.dumps({"payload": content, "isPlainText": {"code": True}}, ensure_ascii=ascii_only)
    assert read(text.encode("utf-8", "surrogatepass"), size=size) == content.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("cut", [1, 5, 20, 30])
def test_a_body_cut_short_is_never_taken_for_a_payload(cut):
    text = json.dumps({"payload": base64.b64encode(b"0123456789").decode()}).encode()
    with pytest.raises(PayloadUnreadable):
        read(text[:-cut])


def test_raw_bytes_are_taken_as_they_are():
    assert read(b'{"payload": 1', is_json=False) == b'{"payload": 1'


@pytest.mark.parametrize("body", ['{"other": "x"}', '{"payload": 4}', "[]", '{"payload": "@@@@"}'])
def test_an_answer_without_a_payload_says_so(body):
    with pytest.raises(PayloadUnreadable):
        read(body.encode())


@pytest.mark.parametrize("is_json", [True, False])
def test_what_grows_beyond_the_limit_is_refused_while_it_is_read(is_json):
    body = json.dumps({"payload": base64.b64encode(bytes(101)).decode()}).encode() if is_json else bytes(101)
    with pytest.raises(PayloadTooLarge):
        read(body, most=100, is_json=is_json)


def test_a_large_payload_is_never_whole_in_memory():
    import tracemalloc

    size = 8 << 20
    encoded = base64.b64encode(bytes(size))

    def body():
        yield b'{"payload": "'
        stream = io.BytesIO(encoded)
        while chunk := stream.read(1 << 16):
            yield chunk
        yield b'"}'

    tracemalloc.start()
    try:
        spool = read_document(body(), is_json=True, field="payload", encoding=PayloadEncoding.AUTO, most=size)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    with spool:
        assert spool.seek(0, 2) == size
    assert peak < size / 2
