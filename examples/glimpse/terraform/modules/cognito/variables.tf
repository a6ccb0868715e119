variable "name_prefix" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "clients" {
  description = "Application clients of the pool."
  type = map(object({
    secret           = optional(bool, false)
    auth_flows       = optional(list(string), ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    refresh_validity = optional(number, 30)
  }))
}

variable "groups" {
  description = "Groups of users, with a description each."
  type        = map(string)
  default     = {}
}
