"""The whole job, from question to workbook, as people do it in a browser."""

import re
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.browser.conftest import NewWalk
from tests.browser.steps import (
    ASHA,
    ASKED,
    GRACE,
    OLU,
    PRIYA,
    RUTH,
    agree_to_sample,
    answer_request,
    buy_for_three,
    check,
    confirm,
    download_workbook,
    draw_up,
    release,
    show_payment,
    submit,
    take,
    tell_completion,
)
from tests.browser.walking import Walk, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DESK, PHONE = 1280, 375


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("width", "scripts"),
    [
        pytest.param(DESK, True, id="desk"),
        pytest.param(PHONE, False, id="phone-plain"),
        pytest.param(PHONE, True, id="phone", marks=pytest.mark.long),
        pytest.param(DESK, False, id="desk-plain", marks=pytest.mark.long),
    ],
)
def test_from_question_to_workbook(walk: NewWalk, tmp_path: Path, width: int, scripts: bool) -> None:
    def arrive(email: str) -> Walk:
        person = walk(width, scripts=scripts)
        sign_in(person, email)
        return person

    grace = arrive(GRACE)
    assert grace.heading == "Hartley House Care Ltd"
    address = buy_for_three(grace)
    assert "Margaret Ellis Not met" in grace.words
    assert "registered nurse" in grace.words.lower()
    show_payment(grace, tmp_path)
    assert "2 claims ready, for £1,848.00 in all." in grace.words
    assert grace.words.count("Last day to claim: 19 April 2026") == 2  # once for both who can be claimed for
    submit(grace)
    assert grace.heading == "Claims submitted"
    assert len(re.findall(r"\b[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}-B\b", grace.words)) == 2

    asha = arrive(ASHA)
    take(asha, address)
    check(asha, {"Niamh O’Brien": "yes", "Daniel Mensah": "action-needed"})
    assert "min(£1,600.00, £1,540.00) x 60% = £924.00" in asha.words
    assert ASKED in asha.words
    confirm(asha)
    assert "is approved" in asha.words
    assert "has gone back to the employer" in asha.words

    answer_request(grace, "Daniel Mensah")
    assert "Submitted" in grace.words
    take(asha, address)
    check(asha, {"Daniel Mensah": "yes"})
    confirm(asha)
    assert "is approved" in asha.words

    ruth = arrive(RUTH)
    agree_to_sample(ruth)
    assert "No approval waits for a lead assessor." in ruth.words

    olu = arrive(OLU)
    run = draw_up(olu)
    assert "£1,993.00" in olu.words
    assert "somebody else from finance must release it" in olu.words
    priya = arrive(PRIYA)
    release(priya, run)
    assert "Released" in priya.words
    assert controls_in_libreoffice(download_workbook(priya, tmp_path), tmp_path) == {"agrees"}

    for name in ("Niamh O’Brien", "Daniel Mensah"):
        tell_completion(grace, name)
        assert "30 April 2026" in grace.words
    grace.open("/claims?state=draft")
    assert len(re.findall(r"[0-9A-Z]{4}-C\b", grace.words)) == 4
    assert grace.words.count("30 Apr 2026") == 2


def controls_in_libreoffice(workbook: Path, folder: Path) -> set[str]:
    """What the checks of the Controls sheet say once LibreOffice has worked them out."""
    profile = (folder / "profile").as_uri()
    converted = folder / "converted"
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run([*command, converted, workbook], check=True, capture_output=True, timeout=180)
    sheet = load_workbook(converted / workbook.name, data_only=True)["Controls"]
    said = {str(cell) for row in sheet.values for cell in row if str(cell) in ("agrees", "differs")}
    assert said, list(sheet.values)
    return said
