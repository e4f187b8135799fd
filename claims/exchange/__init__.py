"""Facts in and assessments out, as other programs write and read them; the same for files and for the HTTP API."""
