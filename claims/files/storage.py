"""Where evidence is kept: under the SHA-256 of its content, in a folder or anything else that fsspec knows."""

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import fsspec

ADDRESS = re.compile(r"[0-9a-f]{64}")
INCOMING = "incoming"
"""The folder for files that are still being written."""


class EvidenceMissing(LookupError):
    """Nothing is kept under this SHA-256."""


class EvidenceDamaged(Exception):
    """What is kept under this SHA-256 is not what was put there."""


class EvidenceStore:
    """Files under the SHA-256 of their content (64 small hexadecimal digits), never under a name that a person gave.

    A file appears whole or not at all: it is written under a name of its own and then moved. Two processes may put
    the same content at once. A full disk or a lost connection raises ``OSError`` and leaves nothing behind.
    """

    def __init__(self, url: str) -> None:
        """``url``: a folder, or an address such as ``memory://evidence`` or ``s3://bucket/evidence``."""
        # Another process may have put or removed a file since we last looked: no listing is remembered.
        self._files, root = fsspec.url_to_fs(url, use_listings_cache=False)
        self._root = root.rstrip("/")
        self._on_this_machine = isinstance(self._files, fsspec.get_filesystem_class("file"))

    def put(self, content: bytes) -> str:
        """Keep ``content``; returns its SHA-256. Putting it again changes nothing, or mends a damaged copy."""
        sha256 = hashlib.sha256(content).hexdigest()
        if self._holds(sha256, content):
            return sha256
        path, incoming = self._path(sha256), f"{self._root}/{INCOMING}/{uuid.uuid4().hex}"
        if self._on_this_machine:
            # Closed to the machine's other users, and with it whatever is made inside.
            Path(self._root).mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self._parent(incoming), self._parent(path)):
            self._files.makedirs(folder, exist_ok=True)
        try:
            with self._files.open(incoming, "wb") as file:
                file.write(content)
                if self._on_this_machine:
                    file.flush()
                    os.fsync(file.fileno())
            self._files.mv(incoming, path)
        except BaseException:
            if self._files.exists(incoming):
                self._files.rm_file(incoming)
            raise
        if self._on_this_machine:
            self._write_down_names_in(self._parent(path))
        return sha256

    def get(self, sha256: str) -> bytes:
        """What was put; raises ``EvidenceMissing`` or ``EvidenceDamaged``."""
        try:
            content: bytes = self._files.cat_file(self._path(sha256))
        except FileNotFoundError:
            raise EvidenceMissing(sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceDamaged(sha256)
        return content

    def has(self, sha256: str) -> bool:
        """Whether something is kept under ``sha256``; ``get`` says whether it is still whole."""
        return bool(self._files.exists(self._path(sha256)))

    def remove(self, sha256: str) -> None:
        """Remove what is kept under ``sha256``, if anything."""
        if self.has(sha256):
            self._files.rm_file(self._path(sha256))

    def kept_before(self, before: datetime) -> Iterator[str]:
        """The SHA-256 of everything that was put before the instant ``before``, by the machine's clock."""
        for path in self._files.find(self._root) if self._files.exists(self._root) else ():
            name = path.rpartition("/")[2]
            if ADDRESS.fullmatch(name) and self._files.modified(path) < before:
                yield name

    def remove_unfinished(self, before: datetime) -> int:
        """Remove what a killed process left half-written before the instant ``before``; returns how many."""
        folder = f"{self._root}/{INCOMING}"
        if not self._files.exists(folder):
            return 0
        unfinished = [path for path in self._files.ls(folder, detail=False) if self._files.modified(path) < before]
        for path in unfinished:
            self._files.rm_file(path)
        return len(unfinished)

    def _path(self, sha256: str) -> str:
        """Two levels of 256 folders, so that none grows too long to list."""
        if not ADDRESS.fullmatch(sha256):
            raise ValueError("evidence is asked for by its SHA-256, 64 small hexadecimal digits")
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _holds(self, sha256: str, content: bytes) -> bool:
        try:
            return self.get(sha256) == content
        except (EvidenceMissing, EvidenceDamaged):
            return False

    @staticmethod
    def _parent(path: str) -> str:
        return path.rpartition("/")[0]

    @staticmethod
    def _write_down_names_in(folder: str) -> None:
        """A new name survives a power cut only once its folder has been written too."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
