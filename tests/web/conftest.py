"""Fixtures for tests of pages."""

from tests.site import demonstration, site, still_clock

__all__ = ["demonstration", "site", "still_clock"]
