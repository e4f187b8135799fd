"""The picture of an authenticator's key is the code that any scanner reads."""

import re

import segno

from claims.web.drawing import draw_code

ADDRESS = "otpauth://totp/Claim%20for%20care%20training:grace@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Claim"


def test_the_path_covers_exactly_the_dark_squares() -> None:
    code = draw_code(ADDRESS)
    drawn = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path)
        for step in range(int(width))
    }
    rows = segno.make_qr(ADDRESS, error="m").matrix
    assert drawn == {(x + 4, y + 4) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert code.size == len(rows) + 8, "four squares of quiet on each side"
