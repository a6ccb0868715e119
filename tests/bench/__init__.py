"""``make bench``: times and memory of whole processes, next to their targets. It measures and judges nothing else."""
