"""What a conference holds: agenda, papers, tiers, what it relays, line tests, polls, templates."""
