"""The web service: pages, forms, access and the HTTP API. It translates; it decides nothing."""
