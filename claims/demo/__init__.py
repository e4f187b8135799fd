"""The demonstration: people one can remember, the story of their claims, and a service on 2 February 2026."""
