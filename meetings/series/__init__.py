"""Conferences that repeat: the rule, its dates, and how many of them are changed at once."""
