"""Tests of the package meetings, the pure rules and the store."""
