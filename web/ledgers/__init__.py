"""Ledgers: tables that go out as files and come in again, one module of one shape for each kind."""
