"""Which reminders are due on a day, and how they are worded: pure functions of facts and dates."""
