"""Requests, submissions and hand-overs from end to end, alike for pages and programs."""
