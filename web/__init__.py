"""The program: pages, API, sign-in, settings, jobs; the only package that reads the environment."""
