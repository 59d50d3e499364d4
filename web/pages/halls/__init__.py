"""Halls as places: devices, lines, room systems, and how each is booked."""
