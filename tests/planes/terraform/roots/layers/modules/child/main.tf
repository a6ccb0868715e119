variable "not_null" {
  type     = string
  default  = "fallback"
  nullable = false
}
variable "maybe" {
  type    = string
  default = "unused"
}
variable "optional" {
  type = object({
    a = optional(string, "x")
    b = optional(list(object({ c = optional(number, 7) })), [{}])
  })
  default = {}
}
output "all" {
  value = { not_null = var.not_null, maybe = var.maybe == null, optional = var.optional }
}
