database = { size = 100, keep = "7" }
