"""Accounts that a public body can answer for: who logs in, how, for how long, and what is noted of it."""
