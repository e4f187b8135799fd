"""A file is kept only when the scanner, where there is one, has called it clean."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from claims.config import NotConfigured
from claims.files.checks import Refused
from claims.files.scanning import CHUNK_BYTES, Clamd, NoScanner, scanner_from

# In two parts, so that a scanner of the developer's machine leaves this file alone.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def read_exactly(line: socket.socket, size: int) -> bytes:
    taken = b""
    while len(taken) < size:
        part = line.recv(size - len(taken))
        assert part, "the client stopped in the middle"
        taken += part
    return taken


def read_stream(line: socket.socket) -> bytes:
    """What a clamd takes in: the command, then chunks to the empty one."""
    assert read_exactly(line, 10) == b"zINSTREAM\0"
    content = b""
    while size := struct.unpack("!I", read_exactly(line, 4))[0]:
        assert size <= CHUNK_BYTES
        content += read_exactly(line, size)
    return content


def answer_as_clamd_does(line: socket.socket) -> None:
    found = EICAR in read_stream(line)
    line.sendall(b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if found else b"stream: OK\0")


@contextmanager
def a_scanner(converse: Callable[[socket.socket], None], seconds: float = 5) -> Iterator[Clamd]:
    """A stand-in on this machine that takes one connection and converses."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                converse(line)

        serving = threading.Thread(target=serve)
        serving.start()
        yield Clamd("127.0.0.1", server.getsockname()[1], seconds)
        serving.join(10)
        assert not serving.is_alive()


def refusal_of(scanner: Clamd, content: bytes = b"invoice") -> Refused:
    with pytest.raises(Refused) as refused:
        scanner.scan("in\nvoice.pdf", content)
    assert refused.value.reason.startswith("in voice.pdf ")
    return refused.value


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2_097_152])
def test_a_clean_file_of_any_size_passes_whole(size: int) -> None:
    taken = []

    def converse(line: socket.socket) -> None:
        taken.append(read_stream(line))
        line.sendall(b"stream: OK\0")

    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    with a_scanner(converse) as scanner:
        scanner.scan("invoice.pdf", content)
    assert taken == [content]


@pytest.mark.parametrize("before", [0, 100, CHUNK_BYTES - 10])
def test_a_virus_is_refused_wherever_it_stands(before: int) -> None:
    with a_scanner(answer_as_clamd_does) as scanner:
        refused = refusal_of(scanner, b"x" * before + EICAR)
    assert (refused.fault, "virus" in refused.reason) == ("virus", True)


def test_an_answer_in_pieces_is_put_together() -> None:
    def converse(line: socket.socket) -> None:
        read_stream(line)
        for letter in b"stream: OK\0":
            line.sendall(bytes([letter]))

    with a_scanner(converse) as scanner:
        scanner.scan("invoice.pdf", b"invoice")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"stream: OK",
        b"stream: O",
        b"OK\0",
        b"stream: OK, stream: Eicar\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"x" * 5000,
    ],
)
def test_any_other_answer_asks_to_try_again(answer: bytes) -> None:
    def converse(line: socket.socket) -> None:
        read_stream(line)
        line.sendall(answer)

    with a_scanner(converse) as scanner:
        refused = refusal_of(scanner)
    assert (refused.fault, "Try again" in refused.reason) == ("unscanned", True)


def test_a_scanner_that_closes_in_the_middle_asks_to_try_again() -> None:
    with a_scanner(lambda _: None) as scanner:
        assert refusal_of(scanner, b"x" * 2_000_000).fault == "unscanned"


def test_a_scanner_that_hangs_asks_to_try_again() -> None:
    done = threading.Event()

    def converse(line: socket.socket) -> None:
        read_stream(line)
        assert done.wait(10)

    with a_scanner(converse, seconds=0.2) as scanner:
        assert refusal_of(scanner).fault == "unscanned"
        done.set()


def test_a_scanner_that_is_not_there_asks_to_try_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert refusal_of(Clamd("127.0.0.1", port, 1)).fault == "unscanned"


def test_a_host_that_has_no_address_asks_to_try_again() -> None:
    assert refusal_of(Clamd("scanner.invalid", 3310, 1)).fault == "unscanned"


def test_without_a_scanner_every_file_passes() -> None:
    scanner = scanner_from("")
    assert isinstance(scanner, NoScanner)
    scanner.scan("invoice.pdf", EICAR)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("localhost:3310", "localhost", 3310), ("10.0.0.7:1", "10.0.0.7", 1), ("[::1]:65535", "::1", 65535)],
)
def test_a_scanner_is_made_from_its_address(address: str, host: str, port: int) -> None:
    scanner = scanner_from(address)
    assert isinstance(scanner, Clamd)
    assert (scanner.host, scanner.port) == (host, port)


@pytest.mark.parametrize(
    "address",
    [
        "localhost",
        "localhost:",
        ":3310",
        "localhost:0",
        "localhost:65536",
        "localhost:x",
        "a:1/b",
        "u@a:1",
        "[::1",
        " ",
    ],
)
def test_a_malformed_address_is_said_at_the_start(address: str) -> None:
    with pytest.raises(NotConfigured, match="host:port"):
        scanner_from(address)
