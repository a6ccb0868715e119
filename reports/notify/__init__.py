"""Telling people that something changed: what is said, and by which ways it is sent."""
