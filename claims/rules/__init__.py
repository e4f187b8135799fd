"""What may be claimed, and why: pure functions from facts and dates to findings and amounts."""
