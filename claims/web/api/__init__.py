"""The HTTP API, ``/api/v1``: the rules and the reference data for other people's programs, without an account."""
