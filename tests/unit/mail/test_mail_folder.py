"""The folder holds every letter whole, can be asked, and shows what was sent twice."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from claims.mail import FolderSender, Letter, Sender, TryLater

AT = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
LETTER = Letter("outbox-17", "rosa@hartley.example", "Rosa Marsh", "Zoë’s claim", "£924\n", "<p>£924</p>\n", AT)


@pytest.fixture
def folder(tmp_path: Path) -> FolderSender:
    return FolderSender(tmp_path / "mail", "claims@example.org")


def test_the_folder_is_a_sender(folder: FolderSender) -> None:
    sender: Sender = folder
    sender.send(LETTER)
    assert sender.already_sent("outbox-17") is True


def test_a_sent_letter_is_listed_as_it_was(folder: FolderSender) -> None:
    folder.send(LETTER)
    (letter,) = folder.letters()
    assert letter.reference == "outbox-17"
    assert letter.to == "Rosa Marsh <rosa@hartley.example>"
    assert (letter.subject, letter.sent_at) == ("Zoë’s claim", AT)
    assert (letter.text, letter.html) == ("£924\n", "<p>£924</p>\n")


def test_a_letter_to_an_address_of_other_letters_is_listed(folder: FolderSender) -> None:
    folder.send(replace(LETTER, to_address="zoë@hartley.example"))
    assert folder.letters()[0].to == "Rosa Marsh <zoë@hartley.example>"


def test_a_folder_that_is_not_there_yet_holds_no_letters(folder: FolderSender) -> None:
    assert folder.letters() == []
    assert folder.already_sent("outbox-17") is False


def test_the_newest_letter_comes_first(folder: FolderSender, tmp_path: Path) -> None:
    for number, minutes in enumerate([5, 1, 9, 5]):
        folder.send(replace(LETTER, reference=f"outbox-{number}", sent_at=AT + timedelta(minutes=minutes)))
        written = 1_000_000_000 + number
        os.utime(tmp_path / "mail" / f"outbox-{number}.eml", (written, written))
    assert [letter.reference for letter in folder.letters()] == ["outbox-2", "outbox-3", "outbox-0", "outbox-1"]


def test_one_reference_says_nothing_about_another(folder: FolderSender) -> None:
    folder.send(LETTER)
    assert [folder.already_sent(reference) for reference in ("outbox-1", "outbox-17", "outbox-170")] == [
        False,
        True,
        False,
    ]


def test_a_letter_sent_twice_shows_twice(folder: FolderSender, tmp_path: Path) -> None:
    for _ in range(3):
        folder.send(LETTER)
    names = {path.name for path in (tmp_path / "mail").iterdir()}
    assert names == {"outbox-17.eml", "outbox-17~2.eml", "outbox-17~3.eml"}
    assert [letter.reference for letter in folder.letters()] == ["outbox-17"] * 3


def test_many_may_send_at_once_and_none_is_lost(folder: FolderSender) -> None:
    with ThreadPoolExecutor(8) as processes:
        list(processes.map(lambda number: folder.send(replace(LETTER, reference=f"r{number % 5}")), range(40)))
    assert len(folder.letters()) == 40


def test_a_letter_half_written_is_neither_sent_nor_listed(
    folder: FolderSender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", full_disk)
        with pytest.raises(TryLater, match="No space left on device"):
            folder.send(LETTER)
    assert list((tmp_path / "mail").iterdir()) == []
    assert folder.already_sent("outbox-17") is False
    (tmp_path / "mail" / ".killed.draft").write_bytes(b"From: half")
    assert folder.letters() == []


def test_a_folder_that_cannot_be_made_asks_to_try_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TryLater, match="could not be written"):
        FolderSender(tmp_path / "file", "claims@example.org").send(LETTER)


def test_other_files_in_the_folder_are_left_alone(folder: FolderSender, tmp_path: Path) -> None:
    folder.send(LETTER)
    (tmp_path / "mail" / "readme.txt").write_text("not a letter")
    assert len(folder.letters()) == 1


def test_a_letter_removed_while_the_folder_is_read_is_not_listed(folder: FolderSender, tmp_path: Path) -> None:
    folder.send(LETTER)
    (tmp_path / "mail" / "removed.eml").symlink_to(tmp_path / "nowhere")
    assert [letter.reference for letter in folder.letters()] == ["outbox-17"]


@pytest.mark.parametrize("reference", ["../outbox-17", "", "a/b"])
def test_only_a_reference_can_be_asked_about(folder: FolderSender, reference: str) -> None:
    with pytest.raises(ValueError, match="not the reference"):
        folder.already_sent(reference)
