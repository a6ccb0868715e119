variable "parts" {
  type = list(string)
}

variable "separator" {
  type     = string
  default  = "-"
  nullable = false
}

output "name" {
  value = join(var.separator, [for p in var.parts : lower(p) if p != ""])
}
