"""Who asks, and what they may know: sessions, tokens, the gate before every handler."""
