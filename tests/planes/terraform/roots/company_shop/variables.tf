variable "region" {
  description = "Home region"
  type        = string
  default     = "ap-northeast-2"
}

variable "environment" {
  type = string
  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "Unknown environment ${var.environment}."
  }
}

variable "project" {
  default = "shop"
}

variable "release" {
  type    = string
  default = "latest"
}

variable "vpc_cidr" {
  type = string
  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0))
    error_message = "Not a CIDR."
  }
}

variable "availability_zones" {
  type = list(string)
}

variable "services" {
  description = <<-EOT
    The services, by name:
      - port: what it listens on (none: no target group)
      - path: patterns routed to it
  EOT
  type = map(object({
    port        = optional(number)
    cpu         = optional(number, 256)
    memory      = optional(number, 512)
    count       = optional(number, 1)
    path        = optional(list(string), [])
    health_path = optional(string, "/")
    env         = optional(map(string), {})
    secrets     = optional(list(string), [])
    spot        = optional(bool, false)
    autoscale = optional(object({
      min = number
      max = number
      cpu = optional(number, 70)
      mem = optional(number)
    }))
  }))
}

variable "db_password" {
  type      = string
  sensitive = true
}

variable "alarm_emails" {
  type    = set(string)
  default = []
}

variable "enable_bastion" {
  type    = bool
  default = false
}

variable "extra_tags" {
  type    = map(string)
  default = null
}

variable "db" {
  type = object({
    class     = optional(string, "db.t4g.medium")
    storage   = optional(number, 100)
    multi_az  = optional(bool)
    retention = optional(map(number), { prod = 14, staging = 3 })
    params    = optional(map(string), { "log_min_duration_statement" = "500", "rds.force_ssl" = "1" })
  })
  default = {}
}
