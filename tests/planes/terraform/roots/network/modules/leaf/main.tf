variable "value" {}

output "value" {
  value = upper(var.value)
}
