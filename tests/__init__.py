"""Tests of all packages, and what several of them share: makers, ports, services, killers."""
