"""One conference: its content, its links, its history, and who was there."""
