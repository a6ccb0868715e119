"""The HTML page, in parts: each function lays out one piece of a run and returns markup."""
