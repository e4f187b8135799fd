"""Programs for those who build the service; not part of it."""
