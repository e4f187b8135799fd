"""Settings: read from the environment, all that is missing named at once, nothing unsafe by default."""

import pytest

from claims.config import NotConfigured, from_environment

GIVEN = {
    "CLAIMS_DATABASE_URL": "sqlite:///claims.db",
    "CLAIMS_SECRET_KEY": "secret",
    "CLAIMS_ENCRYPTION_KEYS": "a:b",
    "CLAIMS_HASH_KEY": "c",
    "CLAIMS_EVIDENCE_URL": "evidence",
    "CLAIMS_MAIL_URL": "folder:mail",
    "CLAIMS_MAIL_FROM": "claims@example.org",
    "CLAIMS_BASE_URL": "https://claims.example.org/",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*GIVEN, "CLAIMS_PROXIES", "CLAIMS_DEMONSTRATION", "CLAIMS_VIRUS_SCANNER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_nothing_unsafe_is_so_by_default(environment: pytest.MonkeyPatch) -> None:
    settings = from_environment()
    assert (settings.demonstration, settings.proxies) == (False, 0)
    assert settings.base_url == "https://claims.example.org"


def test_everything_that_is_missing_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("CLAIMS_SECRET_KEY")
    environment.setenv("CLAIMS_HASH_KEY", "")
    with pytest.raises(NotConfigured, match="Set CLAIMS_SECRET_KEY, CLAIMS_HASH_KEY "):
        from_environment()


@pytest.mark.parametrize(("given", "proxies"), [("", 0), ("0", 0), ("1", 1), ("9", 9)])
def test_the_number_of_proxies_is_read(environment: pytest.MonkeyPatch, given: str, proxies: int) -> None:
    environment.setenv("CLAIMS_PROXIES", given)
    assert from_environment().proxies == proxies


@pytest.mark.parametrize("given", ["-1", "10", "yes", "1.0", "²"])
def test_a_number_of_proxies_that_is_none_is_refused(environment: pytest.MonkeyPatch, given: str) -> None:
    environment.setenv("CLAIMS_PROXIES", given)
    with pytest.raises(NotConfigured, match="CLAIMS_PROXIES must be the number"):
        from_environment()
