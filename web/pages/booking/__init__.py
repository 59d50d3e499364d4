"""The booking form, what stands in its way, and what would work instead."""
