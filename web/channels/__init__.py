"""Ways to tell people something; one module of one shape for each."""
