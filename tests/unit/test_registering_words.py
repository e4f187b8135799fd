"""What people type when they register: postcodes and numbers in the forms in which they really write them."""

from collections.abc import Callable

import pytest

from claims.exchange.parsing import (
    Misread,
    parse_companies_house_number,
    parse_cqc_location,
    parse_postcode,
    parse_vat_number,
)


@pytest.mark.parametrize(
    ("read", "typed", "kept"),
    [
        (parse_postcode, "ls14aa", "LS1 4AA"),
        (parse_postcode, " sw1a  1aa ", "SW1A 1AA"),
        (parse_postcode, "m1-1ae", "M1 1AE"),
        (parse_cqc_location, "1-101607012", "1-101607012"),
        (parse_cqc_location, "1–101607012", "1-101607012"),
        (parse_companies_house_number, "1234567", "01234567"),
        (parse_companies_house_number, "oc 123456", "OC123456"),
        (parse_vat_number, "GB 123 4567 89", "123456789"),
        (parse_vat_number, "123456789012", "123456789012"),
    ],
)
def test_forms_that_are_taken(read: Callable[[str], str], typed: str, kept: str) -> None:
    assert read(typed) == kept


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (parse_postcode, ""),
        (parse_postcode, "LS1"),
        (parse_postcode, "LS1 4A"),
        (parse_postcode, "١S1 4AA"),
        (parse_cqc_location, "2-101607012"),
        (parse_cqc_location, "1-12345678"),
        (parse_companies_house_number, "12345"),
        (parse_companies_house_number, "123456789"),
        (parse_companies_house_number, "O1234567"),
        (parse_vat_number, "12345678"),
        (parse_vat_number, "1234567890"),
        (parse_vat_number, "FR123456789"),
    ],
)
def test_forms_that_are_refused(read: Callable[[str], str], typed: str) -> None:
    with pytest.raises(Misread):
        read(typed)
