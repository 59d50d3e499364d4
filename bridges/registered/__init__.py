"""The bridges there are: addresses, and secrets of which two are good while they change."""
