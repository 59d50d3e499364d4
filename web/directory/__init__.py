"""The directory and its people, as they are sent and changed, alike for pages and programs."""
