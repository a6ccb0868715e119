"""What became of deviations over many runs: kept in one SQLite file, told as first seen, fixed, reopened."""
