"""Durable state on SQLite (default) or PostgreSQL, with one schema and one set of statements.

Every change is a command: a plain function that gets a `Tx`. One writer commits many commands in one transaction
(group commit) and answers each after the commit. Reads run beside it on connections of their own.
"""
