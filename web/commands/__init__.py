"""One module for each command of `diemcau`: `configure(parser)` and `run(args, settings)`."""
