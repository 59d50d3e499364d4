"""What people read: words for values, a sentence for each stable code."""
