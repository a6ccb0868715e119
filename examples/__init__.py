"""Samples the suite runs on when it is given nothing else."""
