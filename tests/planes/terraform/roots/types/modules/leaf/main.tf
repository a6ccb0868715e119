variable "rules" {
  type = list(object({
    port        = number
    sources     = optional(list(string), ["0.0.0.0/0"])
    description = optional(string, "managed")
  }))
  default = []
}

variable "settings" {
  type = object({
    retention = optional(number, 7)
    tags      = optional(map(string), { a = "b" })
    mode      = optional(string)
  })
  default = {}
}

variable "fallback" {
  type     = string
  default  = "fell back"
  nullable = false
}

variable "free_form" {
  type = any
}

variable "names" {
  type    = list(string)
  default = null
}

output "everything" {
  value = {
    rules     = var.rules
    settings  = var.settings
    fallback  = var.fallback
    free_form = var.free_form
    names     = var.names
    sorted    = try(sort(var.names), [])
  }
}
