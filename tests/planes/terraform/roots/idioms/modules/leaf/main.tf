variable "v" { type = set(string) }
variable "m" { type = map(list(any)) }
variable "n" {
  type    = number
  default = 5
}
output "out" { value = { v = var.v, m = length(var.m), n = var.n, first = tolist(var.v)[0], path = path.module } }
output "sec" {
  value     = "s"
  sensitive = true
}
