"""Backup and restore: one encrypted archive of database, spools and keys.

`vault` encrypts, `container` holds members, `programs` finds pg_dump and pg_restore, `saving` and
`restoring` are the two use cases, `swapping` puts a restored store in the old one's place.
"""
