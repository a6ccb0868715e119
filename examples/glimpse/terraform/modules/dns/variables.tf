variable "domain_name" {
  description = "Apex of the zone."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "domain_name must be a lower-case DNS name without a trailing dot."
  }
}

variable "api_subdomain" {
  description = "Label of the API's host name."
  type        = string
  default     = "api"
}

variable "name_prefix" {
  description = "Prefix of names and tags."
  type        = string
}
