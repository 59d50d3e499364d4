"""What a conference holds, as it is sent and done, alike for pages and programs."""
