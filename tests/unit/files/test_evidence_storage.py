"""Evidence that was kept can be had again, byte for byte; what was not kept whole was not kept."""

import hashlib
import os
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.files.storage import EvidenceDamaged, EvidenceMissing, EvidenceStore

CONTENT = b"%PDF-1.7 an invoice"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["folder", "file address", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    addresses = {
        "folder": str(tmp_path / "evidence"),
        "file address": (tmp_path / "evidence").as_uri() + "/",
        "memory": f"memory://{uuid.uuid4()}",
    }
    return EvidenceStore(addresses[request.param])


def kept_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_put_is_had_again(store: EvidenceStore) -> None:
    assert store.put(CONTENT) == SHA256
    assert store.has(SHA256)
    assert store.get(SHA256) == CONTENT


def test_putting_twice_keeps_one(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path))
    assert store.put(CONTENT) == store.put(CONTENT)
    assert kept_in(tmp_path) == [tmp_path / SHA256[:2] / SHA256[2:4] / SHA256]


def test_putting_again_leaves_the_kept_file_alone(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path))
    store.put(CONTENT)
    first = kept_in(tmp_path)[0].stat().st_ino
    store.put(CONTENT)
    assert kept_in(tmp_path)[0].stat().st_ino == first


def test_what_was_never_put_is_missing(store: EvidenceStore) -> None:
    assert not store.has(SHA256)
    with pytest.raises(EvidenceMissing):
        store.get(SHA256)


def test_what_was_removed_is_missing_and_may_be_removed_again(store: EvidenceStore) -> None:
    store.put(CONTENT)
    store.remove(SHA256)
    store.remove(SHA256)
    assert not store.has(SHA256)


def test_other_files_stay_when_one_is_removed(store: EvidenceStore) -> None:
    other = store.put(b"other")
    store.put(CONTENT)
    store.remove(SHA256)
    assert store.get(other) == b"other"


@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], CONTENT + b" ", b"X" + CONTENT[1:]])
def test_a_damaged_file_is_never_handed_out_and_putting_it_again_mends_it(tmp_path: Path, damage: bytes) -> None:
    store = EvidenceStore(str(tmp_path))
    store.put(CONTENT)
    kept_in(tmp_path)[0].write_bytes(damage)
    with pytest.raises(EvidenceDamaged):
        store.get(SHA256)
    store.put(CONTENT)
    assert store.get(SHA256) == CONTENT


@pytest.mark.parametrize(
    "address", ["", "abc", "../../etc/passwd", SHA256.upper(), SHA256 + "0", SHA256 + "\n", "g" * 64]
)
def test_nothing_but_a_sha256_is_an_address(store: EvidenceStore, address: str) -> None:
    for act in (store.get, store.has, store.remove):
        with pytest.raises(ValueError, match="64 small hexadecimal digits"):
            act(address)


def test_a_write_that_fails_half_way_leaves_nothing(store: EvidenceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store._files, "mv", full_disk)
        with pytest.raises(OSError, match="No space left"):
            store.put(CONTENT)
    assert not store.has(SHA256)
    assert store.remove_unfinished(FAR_FUTURE) == 0
    store.put(CONTENT)
    assert store.get(SHA256) == CONTENT


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    code = f"""
import resource, signal
from claims.files.storage import EvidenceStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    EvidenceStore({str(tmp_path)!r}).put(b"x" * 200_000)
except OSError as full:
    print("refused", full.errno)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "refused 27\n"
    assert kept_in(tmp_path) == []


def test_a_process_killed_while_putting_leaves_nothing_that_reads_as_complete(tmp_path: Path) -> None:
    code = f"""
import itertools
from claims.files.storage import EvidenceStore
store = EvidenceStore({str(tmp_path)!r})
print("ready", flush=True)
for number in itertools.count():
    print(store.put(b"%09d" % number * 100_000), flush=True)
"""
    for pause in (0.0, 0.003, 0.011, 0.05):
        putter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert putter.stdout
        assert putter.stdout.readline() == "ready\n"
        time.sleep(pause)
        putter.send_signal(signal.SIGKILL)
        confirmed = [line for line in putter.communicate()[0].splitlines() if len(line) == 64]
        store = EvidenceStore(str(tmp_path))
        for path in kept_in(tmp_path):
            if path.parent.name != "incoming":
                assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
        for sha256 in confirmed:
            store.get(sha256)
            store.remove(sha256)


def test_what_a_killed_process_left_is_swept_up_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path))
    store.put(CONTENT)
    left = tmp_path / "incoming" / "left"
    left.write_bytes(b"half")
    os.utime(left, (1_000_000_000, 1_000_000_000))
    (tmp_path / "incoming" / "busy").write_bytes(b"half")
    assert store.remove_unfinished(datetime(2001, 9, 10, tzinfo=UTC)) == 1
    assert {path.name for path in kept_in(tmp_path)} == {SHA256, "busy"}
    assert store.get(SHA256) == CONTENT


def test_there_is_nothing_to_sweep_up_in_a_new_store(store: EvidenceStore) -> None:
    assert store.remove_unfinished(FAR_FUTURE) == 0


def test_many_may_put_the_same_content_at_once(tmp_path: Path) -> None:
    content = b"certificate" * 100_000
    with ThreadPoolExecutor(8) as people:
        addresses = set(people.map(lambda _: EvidenceStore(str(tmp_path)).put(content), range(24)))
    assert len(addresses) == 1
    assert EvidenceStore(str(tmp_path)).get(addresses.pop()) == content
    assert len(kept_in(tmp_path)) == 1


def test_a_second_process_sees_what_the_first_put(tmp_path: Path) -> None:
    first, second = EvidenceStore(str(tmp_path)), EvidenceStore(str(tmp_path))
    assert not second.has(SHA256)
    first.put(CONTENT)
    assert second.has(SHA256)
    first.remove(SHA256)
    assert not second.has(SHA256)


@given(st.binary(max_size=10_000))
@settings(max_examples=50)
def test_any_content_comes_back_as_it_was(content: bytes) -> None:
    store = EvidenceStore("memory://property")
    assert store.get(store.put(content)) == content
