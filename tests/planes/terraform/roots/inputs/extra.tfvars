file        = "from extra.tfvars"
second_file = "first"
file_json   = "not this"
flag        = "not this"
