"""Tests of the settings that are shipped for Jitsi and nginx."""
