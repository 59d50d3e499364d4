"""What bridges tell us: taken, kept, drained into evidence, or held back."""
