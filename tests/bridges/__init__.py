"""Tests of the package bridges."""
