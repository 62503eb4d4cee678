# SPDX-License-Identifier: MIT
"""Properties of e3-server over inputs that hypothesis makes up."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer import Peer, exchange

DATE = "Mon, 1 Jan 1996 01:01:01 GMT"

# Derandomised: a run finds today what it finds tomorrow. All examples of a test meet one server,
# so what one of them leaves behind, the next one finds.
over_one_server = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

target_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x24F), max_size=300)
field_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)


@st.composite
def requests(draw):
    line_end = draw(st.sampled_from(["\r\n", "\n"]))
    lines = [f"GET /{draw(target_text)} HTTP/1.0"]
    lines += [f"X-Field: {value}" for value in draw(st.lists(field_text, max_size=5))]
    return line_end.join([*lines, "", ""]).encode()


def pieces_of(data, cuts):
    offsets = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[begin:end] for begin, end in zip(offsets, offsets[1:])]


def exchange_in_pieces(port, pieces):
    with Peer(port) as peer:
        for piece in pieces:
            peer.send(piece)
        return peer.receive_all()


@pytest.fixture
def http(serve):
    return serve("e3-server", "--date", DATE)


@pytest.fixture
def echo(serve):
    return serve("e3-server", "--protocol", "echo")


@pytest.fixture(params=["http", "hello"])
def answering(serve, request):
    return serve("e3-server", "--protocol", request.param, "--date", DATE)


@over_one_server
@given(data=requests(), cuts=st.lists(st.integers(min_value=0), max_size=8))
def test_any_split_of_a_request_gives_the_same_answer(http, data, cuts):
    whole = exchange(http.port, data)
    assert whole.startswith(b"HTTP/1.0 ")
    assert exchange_in_pieces(http.port, pieces_of(data, cuts)) == whole


def is_http_answer(answer):
    head, separator, body = answer.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    return (
        separator != b""
        and lines[0].startswith(b"HTTP/1.0 ")
        and lines[1:] == [
            b"Date: " + DATE.encode(),
            b"Content-Type: text/plain",
            b"Content-Length: %d" % len(body),
        ]
    )


# Bytes of which heads are made, so that some inputs get past the first check.
pieces_of_heads = st.sampled_from(
    [b"GET ", b"/", b" HTTP/1.0", b" HTTP/1.1", b"\r\n", b"\n", b"\r", b"Host: a", b":", b"\0", b"\xff"]
)
any_bytes = st.lists(st.one_of(pieces_of_heads, st.binary(max_size=50)), max_size=30).map(b"".join)


@over_one_server
@given(data=any_bytes)
def test_any_bytes_get_one_well_formed_answer_or_none(answering, data):
    with Peer(answering.port) as peer:
        peer.send(data)
        peer.half_close()
        answer = peer.receive_all()
    assert answer == b"" or is_http_answer(answer)
    assert answer != b"" or data.strip(b"\r\n") == b""
    assert exchange(answering.port, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200 OK\r\n")


@over_one_server
@given(pieces=st.lists(st.binary(min_size=1, max_size=2000), max_size=10))
def test_echo_returns_any_bytes(echo, pieces):
    with Peer(echo.port) as peer:
        for piece in pieces:
            peer.send(piece)
        peer.half_close()
        assert peer.receive_all() == b"".join(pieces)
