"""Is a bridge set up rightly: each surface asked, what it says, how to mend it."""
