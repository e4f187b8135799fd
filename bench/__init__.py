"""Measurements with bars: each module here has a `measure()` that returns rows."""
