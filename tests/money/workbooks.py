"""Every finance workbook of a world, and what LibreOffice makes of their Controls when it works them out anew."""

import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import openpyxl
from sqlalchemy import select

from claims.db import Database
from claims.models import PaymentRun, RunWorkbook
from claims.services.exporting import export_register
from claims.services.exporting_claims import export_claims
from claims.services.remitting import remittance_workbook
from claims.services.reporting import export_reports
from claims.store.claim_lists import ClaimFilter, Order
from claims.store.claims import employer_called
from claims.store.register import RegisterFilter
from claims.store.remittances import remittance_of
from claims.store.spending import ReportFilter
from tests.money.finance import YEAR
from tests.money.lives import Lives

AGREES = "agrees"


def workbooks_of(database: Database, lives: Lives) -> Iterator[tuple[str, bytes]]:
    """All of finance's workbooks at the end, and some of the employers', by a name for each."""
    office, at = lives.office, lives.at
    with database.read() as session:
        stored = session.execute(
            select(PaymentRun.reference, RunWorkbook.version, RunWorkbook.sha256, RunWorkbook.content).join(
                RunWorkbook, RunWorkbook.run_id == PaymentRun.id
            )
        ).all()
    for reference, version, sha256, content in stored:
        assert hashlib.sha256(content).hexdigest() == sha256, reference
        yield f"{reference}-{version}", content
    yield "register", b"".join(export_register(database, RegisterFilter(YEAR), office.finance[0], at))
    yield "reports", b"".join(export_reports(database, ReportFilter(YEAR), office.finance[0], at))
    with database.read() as session:
        house = lives.world.houses[0]
        employer = employer_called(session, house.employer.id)
        claims = export_claims(session, employer, ClaimFilter(), order=Order.DEADLINE, said=(), by=house.sro, at=at)
        yield f"claims-{employer.id}", claims
        for run in [run for run in lives.books.runs if run.state == "settled"][-1:]:
            reference = session.get_one(PaymentRun, run.id).reference
            for owner, fund in run.payments():
                paid = remittance_of(session, owner.id, reference, fund)
                named = employer_called(session, owner.id)
                content = remittance_workbook(session, paid, named, lives.house_of(owner).sro, at)
                yield f"remittance-{reference}-{owner.id}-{fund}", content


def recalculated(folder: Path, files: Sequence[Path]) -> None:
    """LibreOffice opens every file and saves it again beside, in one start: it takes seconds to begin."""
    saved = folder / "saved"
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to"]
    subprocess.run(
        [*command, "xlsx:Calc MS Excel 2007 XML", "--outdir", str(saved), *map(str, files)],
        check=True,
        capture_output=True,
        timeout=1800,
    )


def disagreeing(folder: Path, files: Sequence[Path]) -> list[str]:
    """The checks of every Controls sheet that do not agree, worked out by LibreOffice; all files must have one."""
    recalculated(folder, files)
    found = []
    for file in files:
        book = openpyxl.load_workbook(BytesIO((folder / "saved" / file.name).read_bytes()), data_only=True)
        checks = [(row[0], row[3]) for row in book["Controls"].iter_rows(min_row=2, values_only=True)]
        if not checks:
            found.append(f"{file.name} has no controls")
        found += [f"{file.name}: {figure}: {check}" for figure, check in checks if check != AGREES]
    return found
