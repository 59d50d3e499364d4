"""People, their roles, their sign-in links, and the audit of what they did."""
