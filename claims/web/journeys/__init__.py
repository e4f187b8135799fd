"""Journeys: steps with conditions, from which next, back and the furthest page are derived."""
