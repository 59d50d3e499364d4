"""What is sent to us: forms and JSON, typed texts and moments, and changes made once."""
