"""Tests of the trial bridge: engine, wire, doors, surfaces, browsers."""
