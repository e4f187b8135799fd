"""The queries: scoped to whose data it is, ordered, paged."""
