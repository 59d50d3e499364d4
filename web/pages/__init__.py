"""The pages that people see: a folder a subject, a module a screen, drawn by the server."""
