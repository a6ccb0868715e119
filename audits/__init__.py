"""The audit engine: specs, the two planes, judgement and the pytest plugin that joins them."""
