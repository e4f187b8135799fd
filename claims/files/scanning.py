"""Asks a clamd, where one is configured, whether a file holds a virus."""

import logging
import socket
import struct
from typing import Protocol
from urllib.parse import urlsplit

from claims.config import NotConfigured
from claims.files.checks import REASONS, Refused, displayed_name

log = logging.getLogger(__name__)

CHUNK_BYTES = 64 * 1024
LONGEST_ANSWER = 4096
CLEAN = b"stream: OK"


class Scanner(Protocol):
    """Looks for viruses in a file that is about to be kept."""

    def scan(self, name: str, content: bytes) -> None:
        """Return if the file is clean; raise ``Refused`` if it is not, or if that cannot be known just now."""


class NoScanner:
    """None is configured: every file passes."""

    def scan(self, name: str, content: bytes) -> None:
        """Return."""


class Clamd:
    """A clamd reached over TCP; ``seconds`` is how long to wait for each step of the conversation."""

    def __init__(self, host: str, port: int, seconds: float = 30) -> None:
        self.host, self.port, self.seconds = host, port, seconds

    def scan(self, name: str, content: bytes) -> None:
        """Return if clamd calls the file clean; any other answer, or none, raises ``Refused``."""
        try:
            answer = self._ask(content)
        except OSError as fault:
            log.error("the virus scanner could not be asked: %s", fault)  # noqa: TRY400 - the trace adds nothing
            raise _refused("unscanned", name) from None
        if answer == CLEAN:
            return
        words = answer.decode("ascii", "replace")
        if answer.endswith(b" FOUND"):
            log.warning("the virus scanner found something: %s", words)
            raise _refused("virus", name)
        log.error("the virus scanner answered: %s", words or "nothing")
        raise _refused("unscanned", name)

    def _ask(self, content: bytes) -> bytes:
        """Clamd's INSTREAM: chunks, each after its length in four bytes, then a chunk of no length."""
        with socket.create_connection((self.host, self.port), timeout=self.seconds) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK_BYTES):
                chunk = content[start : start + CHUNK_BYTES]
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
                part = line.recv(LONGEST_ANSWER)
                if not part:
                    break
                answer += part
        # An answer without its closing NUL was cut short, and may have gone on to say FOUND.
        return answer[:-1] if answer.endswith(b"\0") else b""


def scanner_from(address: str) -> Scanner:
    """The scanner at ``host:port``, or none for blank; raises ``NotConfigured`` for anything else."""
    if not address:
        return NoScanner()
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.netloc != address or "@" in address:
        raise NotConfigured("CLAIMS_VIRUS_SCANNER must be host:port, such as localhost:3310, or blank.")
    return Clamd(host, port)


def _refused(fault: str, name: str) -> Refused:
    return Refused(fault, REASONS[fault].format(name=displayed_name(name)))
