"""Who must agree, what waits for whom, and conferences that change hands."""
