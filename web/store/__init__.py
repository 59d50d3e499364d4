"""SQL of the program itself: sessions, one-time links, tokens, throttles, installation."""
