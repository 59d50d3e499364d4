"""A look at every part of an installation, each told well or broken in one sentence."""
