"""Series from end to end, alike for pages and programs."""
