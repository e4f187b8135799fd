"""Two simulated years of employers, and what everybody should be told on every day of them."""
