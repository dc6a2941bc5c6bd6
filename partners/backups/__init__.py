"""Backups: one file that holds the register, its history, its accounts and its documents.

The rows are written by this program and not by the tools of a database. So a backup is made and restored
alike on SQLite and PostgreSQL, and from the one to the other; nothing has to be installed in a version that
fits the server; and what a backup holds can be read, and compared, without any of them.
"""
