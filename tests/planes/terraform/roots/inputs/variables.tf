# Items: precedence of default, TF_VAR_, terraform.tfvars, *.auto.tfvars, --var-file and --var; texts read by type.
variable "default" { default = "default" }
variable "environment" { default = "default" }
variable "tfvars" { default = "default" }
variable "auto" { default = "default" }
variable "auto_order" { default = "default" }
variable "file" { default = "default" }
variable "file_json" { default = "default" }
variable "second_file" { default = "default" }
variable "flag" { default = "default" }
variable "flag_twice" { default = "default" }

variable "from_text" {
  type    = list(string)
  default = []
}

variable "object_text" {
  type = object({
    name = string
    size = optional(number, 1)
    tags = optional(map(string), {})
  })
}

variable "number_text" {
  type = number
}

variable "bool_text" {
  type = bool
}

variable "any_text" {
  type = any
}

variable "set_text" {
  type = set(number)
}

variable "untyped_text" {}

variable "string_of_list" {
  type = string
}

variable "sensitive_text" {
  type      = string
  sensitive = true
}

variable "heredoc" {
  type = string
}

variable "whole_map" {
  type    = map(object({ size = number, zone = optional(string, "a") }))
  default = { replaced = { size = 9 } }
}

variable "null_given" {
  type    = string
  default = "not this"
}

variable "null_refused" {
  type     = string
  default  = "this"
  nullable = false
}
