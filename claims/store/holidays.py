"""Bank holidays in England."""

from datetime import date
from functools import lru_cache

from govuk_bank_holidays.bank_holidays import BankHolidays


@lru_cache(maxsize=1)
def england_bank_holidays() -> frozenset[date]:
    """From the data that comes with the library; nothing is fetched."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(holiday["date"] for holiday in known)
