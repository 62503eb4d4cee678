# SPDX-License-Identifier: MIT
"""What e3-server does when its clients half-close, stall, vanish or crowd in, over real TCP."""

import pytest

from peer import Peer, exchange
from program import wait_until

DATE = "Mon, 1 Jan 1996 01:01:01 GMT"
REQUEST = b"GET /abc HTTP/1.0\r\n\r\n"


@pytest.fixture
def server(serve):
    return serve("e3-server", "--date", DATE)


@pytest.fixture
def answer(server):
    return exchange(server.port, REQUEST)


def expect_quiet(server):
    """All connections are closed on the server's side too, and it sleeps."""
    wait_until(
        lambda: server.descriptors() == server.idle_descriptors, "the descriptors to be given back"
    )
    server.wait_until_asleep()


def test_a_client_that_half_closes_still_gets_its_answer(server, answer):
    with Peer(server.port) as peer:
        with server.frozen():  # The request and the end of input arrive in one event.
            peer.send(REQUEST)
            peer.half_close()
        assert peer.receive_all() == answer


def test_an_end_of_input_within_the_request_is_answered_and_closed(server, answer):
    for offset in range(len(REQUEST)):
        with Peer(server.port) as peer:
            peer.send(REQUEST[:offset])
            peer.half_close()
            cut_short = peer.receive_all()
            assert cut_short == b"" or cut_short.startswith(b"HTTP/1.0 400 "), offset
    expect_quiet(server)
    assert exchange(server.port, REQUEST) == answer


@pytest.mark.parametrize("end", [Peer.close, Peer.reset], ids=["close", "reset"])
def test_clients_that_vanish_at_every_offset_leave_nothing_behind(server, answer, end):
    for offset in range(len(REQUEST) + 1):
        peer = Peer(server.port)
        peer.send(REQUEST[:offset])
        end(peer)
        assert exchange(server.port, REQUEST) == answer
    expect_quiet(server)


@pytest.mark.parametrize("end", [Peer.close, Peer.reset], ids=["close", "reset"])
def test_clients_that_vanish_before_they_are_accepted_harm_nobody(server, answer, end):
    with server.frozen():
        for _ in range(30):
            peer = Peer(server.port)
            peer.send(REQUEST)
            end(peer)
    assert exchange(server.port, REQUEST) == answer
    expect_quiet(server)


@pytest.mark.parametrize("end", [Peer.close, Peer.reset], ids=["close", "reset"])
def test_clients_that_vanish_during_the_answer_leave_nothing_behind(serve, end):
    server = serve("e3-server", "--protocol", "echo")
    for read in [0, 1, 4096]:
        peer = Peer(server.port, receive_buffer=4096)
        peer.send_until_refused(server)
        peer.receive_exactly(read)
        end(peer)
    expect_quiet(server)


def test_a_burst_is_served_whole(server, answer):
    with server.frozen():
        peers = [Peer(server.port) for _ in range(200)]
        for peer in peers:
            peer.send(REQUEST)
    for peer in peers:
        assert peer.receive_all() == answer
        peer.close()


def test_a_slow_reader_gets_everything_and_delays_nobody(serve):
    server = serve("e3-server", "--protocol", "echo")
    with Peer(server.port, receive_buffer=4096) as slow, Peer(server.port) as quick:
        sent = slow.send_until_refused(server)
        assert len(sent) > 100_000, "more than the buffers on one side hold"
        quick.send(b"quick")
        assert quick.receive_exactly(5) == b"quick"
        slow.half_close()
        assert slow.receive_all() == sent


def test_a_reader_of_one_byte_at_a_time_gets_the_same_answer(server):
    request = b"GET /%s HTTP/1.0\r\n\r\n" % (b"0123456789" * 800)
    whole = exchange(server.port, request)
    with Peer(server.port, receive_buffer=1) as peer:
        peer.send(request)
        assert b"".join(iter(lambda: peer.receive(1), b"")) == whole


def test_a_byte_at_a_time_is_the_same_request(server, answer):
    with Peer(server.port) as peer:
        for offset in range(len(REQUEST)):
            peer.send(REQUEST[offset : offset + 1])
        assert peer.receive_all() == answer
