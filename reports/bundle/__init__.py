"""The evidence of a run for an auditor: one folder, with sums of all that is in it."""
