"""SQL of the bridges package: one module for each aggregate, SQL above its function."""
