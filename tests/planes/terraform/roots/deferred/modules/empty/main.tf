variable "text" {}

locals {
  loud = upper(var.text)
}

output "loud" {
  value = local.loud
}
