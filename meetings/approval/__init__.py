"""Who must agree: chains, requests, submissions, hand-overs, and the versions they are about."""
