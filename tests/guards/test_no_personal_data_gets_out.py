"""A marker planted as name, number, email and account is looked for in everything that goes out or is kept for good."""

import io
import json
import logging
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from claims.jobs import Given, Job, run_once
from claims.mail import sender_from
from claims.models import BankAccount, Employer, Event, EventNote, Evidence, Learner, Person, Purchase, RunWorkbook
from claims.services.sealing import encrypt_account, encrypt_number, hash_number
from claims.web.access import ANYONE
from claims.web.logs import write_to_standard_error
from tests.claiming import buy
from tests.guards.test_access import READING, Town, addresses, town
from tests.keys import KEYRING
from tests.site import Site, settings_in, site, still_clock
from tests.stage import Stage

__all__ = ["site", "still_clock", "town"]

NAME, NUMBER, EMAIL, ACCOUNT = "Zzyxmarker", "AB918273C", "zzyx.marker@example.com", "91827364"
PLANTED = (NAME, NUMBER, "AB 91 82 73 C", EMAIL, ACCOUNT)


def plant(target: Site) -> None:
    with target.database.write() as session:
        learner = session.get_one(Learner, target.house.learners["Niamh O’Brien"])
        learner.first_name = learner.last_name = NAME
        learner.number, learner.number_hash = encrypt_number(KEYRING, NUMBER), hash_number(KEYRING, NUMBER)
        session.execute(update(Person).where(Person.id == target.house.sro.person_id).values(name=NAME, email=EMAIL))
        session.execute(update(BankAccount).values(account_number=encrypt_account(KEYRING, ACCOUNT)))
        session.execute(update(Purchase).values(provider=NAME, invoice_reference=NAME))
        session.execute(update(Evidence).values(name=f"{NAME}.pdf"))
        session.execute(update(EventNote).values(note=NAME))
        session.execute(update(Employer).values(address=NAME))


def leaks(text: str) -> list[str]:
    return [marker for marker in PLANTED if marker.casefold() in text.casefold()]


def test_no_log_line_and_no_address_holds_what_was_planted(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    plant(town.site)
    looked_at = 0
    for role, who in town.everybody().items():
        browser = town.site.sign_in(who)
        for method, address, may, _ in addresses(town):
            if role in may or ANYONE in may:
                told = {"search": NAME, "employer": NAME, "email": EMAIL, "number": NUMBER, "account": ACCOUNT}
                answer = (
                    browser.client.get(address, query_string={"search": NAME, "employer": NAME}, buffered=True)
                    if method in READING
                    else browser.client.post(address, data=told, buffered=True)
                )
                looked_at += 1
                # What the address asked for is led on to; nothing else is.
                assert leaks(answer.headers.get("Location", "").partition("?")[0]) == [], address
                disposition = answer.headers.get("Content-Disposition", "")
                assert leaks(disposition.replace(f"{NAME}.pdf", "")) == [], address
                if answer.status_code >= 500 or answer.status_code in (403, 404):
                    assert leaks(answer.text) == [], address
    out, err = capsys.readouterr()
    assert looked_at > 100
    assert err.count('"event": "request"') >= looked_at
    assert leaks(out + err) == []


def test_a_number_is_shown_whole_on_no_page_but_where_it_is_asked_for(town: Town) -> None:
    plant(town.site)
    asked_for = f"/learners/{town.names['learner_id']}/details"
    for role, who in town.everybody().items():
        browser = town.site.sign_in(who)
        for method, address, may, _ in addresses(town):
            if method in READING and (role in may or ANYONE in may) and address != asked_for:
                text = browser.get(address, follow_redirects=False).text.replace(" ", "")
                assert NUMBER not in text, f"{role}: {address}"
                assert ACCOUNT not in text, f"{role}: {address}"


def test_no_event_holds_a_name_a_number_or_what_was_written(site: Site) -> None:
    plant(site)
    browser = site.sign_in(site.house.sro)
    browser.get("/learners")
    address = buy(browser, "610/4009/5")
    browser.get(f"{address}/payment")
    browser.send({"provider": NAME, "invoice_reference": NAME})
    stage = Stage(site.database, site.house, site.meadow, site.office)
    stage.approved("Niamh O’Brien", provider=NAME, invoice_reference=NAME)
    with site.database.read() as session:
        events = session.scalars(select(Event)).all()
        kept = json.dumps([[event.about_kind, event.act, event.by_role, event.details] for event in events])
    assert len(events) > 8
    assert leaks(kept) == []
    assert "O’Brien" not in kept
    assert "\\u2019Brien" not in kept


def test_no_payment_workbook_holds_a_learners_name_or_a_whole_number(town: Town) -> None:
    with town.site.database.read() as session:
        numbers = [f"AA{count:06}A" for count in range(1, 11)]
        accounts = [f"{town.site.house.employer_id:08}"]
        content = session.scalars(select(RunWorkbook.content)).one()
        names = session.scalars(select(Learner.last_name)).all()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        text = "".join(book.read(part).decode("utf-8", "replace") for part in book.namelist())
    assert "Hartley House Care Ltd" in text
    assert not [name for name in names if name in text]
    assert not [number for number in (*numbers, *accounts) if number in text]


def test_a_job_that_fails_logs_where_and_not_what(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_given: Given) -> int:
        raise IntegrityError(
            "INSERT INTO people", {"email": EMAIL}, Exception(f"Key (email)=({EMAIL}) already exists.")
        )

    write_to_standard_error(logging.getLogger("claims"))
    settings = settings_in(tmp_path, site.database.url, demonstration=False)
    given = Given(settings, site.database, sender_from(settings.mail_url, settings.mail_from))
    run_once(Job("odd", "Fails", timedelta(minutes=1), fail), given)
    said = capsys.readouterr().err
    assert '"event": "odd failed"' in said
    assert '"error": "IntegrityError"' in said
    assert leaks(said) == []


def test_a_statement_that_fails_does_not_quote_what_it_was_given(site: Site) -> None:
    with pytest.raises(IntegrityError) as caught, site.database.write() as session:
        session.add(Person(email="Capital@Example.com", name=NAME, created_at=None))
        session.flush()
    assert leaks(str(caught.value)) == []
