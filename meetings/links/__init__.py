"""Addresses that are secrets: a hall's way in, a person's calendar feed."""
