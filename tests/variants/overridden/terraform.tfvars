database = { size = 20, keep = 7 }
