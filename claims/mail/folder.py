"""Letters into a folder, for the demonstration: one file each, which any mail program opens."""

import email
import email.policy
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path

from claims.mail.letters import REFERENCE, Letter, compose
from claims.mail.sending import Giving, TryLater, unheeded


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter as it was sent, for showing."""

    reference: str
    to: str
    """Name and address."""
    subject: str
    sent_at: datetime
    text: str
    html: str


class FolderSender:
    """Writes ``REFERENCE.eml``. A letter sent a second time is kept as ``REFERENCE~2.eml``: what was doubled shows."""

    def __init__(self, path: Path | str, mail_from: str) -> None:
        self._path, self._mail_from = Path(path), mail_from

    def send(self, letter: Letter, giving: Giving = unheeded) -> None:  # noqa: ARG002 - it can be asked
        """Write the letter, whole or not at all; raises ``TryLater`` when the folder cannot be written."""
        draft = self._path / f".{uuid.uuid4().hex}.draft"
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                draft.write_bytes(compose(letter, self._mail_from).as_bytes())
                self._file_away(draft, letter.reference)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as fault:
            raise TryLater(f"the mail folder could not be written: {fault.strerror}") from fault

    def already_sent(self, reference: str) -> bool:
        """Whether the letter is in the folder."""
        if not REFERENCE.fullmatch(reference):
            raise ValueError("not the reference of a letter")
        return (self._path / f"{reference}.eml").exists()

    def letters(self) -> list[SentLetter]:
        """Every letter in the folder, newest first."""
        # A Date is whole seconds; within one, the file's own time decides.
        dated = [found for path in self._path.glob("[!.]*.eml") for found in _read(path)]
        return [letter for _, letter in sorted(dated, key=lambda each: each[0], reverse=True)]

    def _file_away(self, draft: Path, reference: str) -> None:
        """Give the draft its name: linking, unlike moving, never replaces a letter that is there."""
        for copy in count(1):
            name = f"{reference}.eml" if copy == 1 else f"{reference}~{copy}.eml"
            try:
                os.link(draft, self._path / name)
            except FileExistsError:
                continue
            return


def _read(path: Path) -> Iterator[tuple[tuple[datetime, int], SentLetter]]:
    """When the letter in the file was sent and written, and the letter; nothing if it was removed since."""
    try:
        content, written = path.read_bytes(), path.stat().st_mtime_ns
    except FileNotFoundError:
        return
    message = email.message_from_bytes(content, policy=email.policy.default)
    letter = SentLetter(
        reference=path.stem.partition("~")[0],
        to=str(message["To"]),
        subject=str(message["Subject"]).strip(),
        sent_at=message["Date"].datetime.astimezone(UTC),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )
    yield (letter.sent_at, written), letter


def _part(message: EmailMessage, kind: str) -> str:
    """One of the two ways in which the letter says the same, with its line ends as they were given."""
    body = message.get_body((kind,))
    return body.get_content().replace("\r\n", "\n") if body else ""
