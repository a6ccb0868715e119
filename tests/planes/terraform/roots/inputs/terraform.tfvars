tfvars       = "from terraform.tfvars"
auto         = "not this"
file         = "not this"
null_given   = null
null_refused = null
whole_map    = { a = { size = "1" }, b = { size = 2, zone = "b" } }
heredoc      = <<-EOT
  first
    second
EOT
