"""SQL of the monitoring package: one module for each aggregate, SQL above its function."""
