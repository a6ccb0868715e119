variable "owner" { type = string }
variable "environment" { type = string }
variable "extra" {
  type    = map(string)
  default = {}
}

output "all" {
  value = { for k, v in merge({ Owner = var.owner, Environment = var.environment }, var.extra) : k => v if v != null && v != "" }
}
