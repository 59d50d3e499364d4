"""What bridges ask of us and we of them: reservations, telephones, control pages, recordings."""
