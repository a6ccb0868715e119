variable "name" {
  type = string
}

variable "extra" {
  type     = map(string)
  default  = {}
  nullable = false
}

output "tags" {
  value = merge({ Name = "net-${var.name}", Module = path.module }, var.extra)
}
