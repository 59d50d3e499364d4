"""The pages that people see: one module for each screen, drawn by the server."""
