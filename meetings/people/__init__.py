"""People, what they may do over which subtree, and who stands in for them."""
