"""Reports: a run's JSON in, the formats people and machines read out. Renderers lay out; they never judge."""
