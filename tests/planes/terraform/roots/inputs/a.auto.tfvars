auto       = "from a.auto.tfvars"
auto_order = "a"
file       = "not this either"
