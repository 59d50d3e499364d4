"""Booking and changing from end to end, alike for pages and programs."""
