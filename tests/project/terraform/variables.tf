variable "instance_class" {
  type    = string
  default = "db.t4g.small"
}

variable "retention" {
  type    = number
  default = 7
}

variable "password" {
  type      = string
  sensitive = true
  default   = null
}

variable "owner" {
  type      = string
  sensitive = true
  default   = "nobody"
}
