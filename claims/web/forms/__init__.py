"""Forms: what people type or choose, read forgivingly and kept strictly."""
