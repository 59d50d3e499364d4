"""Reforms: units that are closed, renamed or merged, and what goes on with their heirs."""
