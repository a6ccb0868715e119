variable "name_prefix" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the database."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the database, in two zones at least."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "Who may connect: label → security group."
  type        = map(string)
}

variable "engine_version" {
  description = "PostgreSQL version; a major version alone lets AWS choose the minor one."
  type        = string
  default     = "16.4"
}

variable "instance_class" {
  description = "Size of the instance."
  type        = string

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "instance_class must begin with db."
  }
}

variable "allocated_storage" {
  description = "Disk in GiB."
  type        = number
}

variable "backup_retention_period" {
  description = "Days automated backups are kept; 0 would turn them off."
  type        = number

  validation {
    condition     = var.backup_retention_period >= 1 && var.backup_retention_period <= 35
    error_message = "backup_retention_period must lie between 1 and 35 days."
  }
}

variable "database_name" {
  description = "Name of the first database."
  type        = string
}

variable "username" {
  description = "Name of the administrator."
  type        = string
}

variable "password" {
  description = "First password of the administrator; rotated by hand right after the first apply."
  type        = string
  sensitive   = true
}

variable "parameters" {
  description = "Parameters that differ from the engine's defaults."
  type = list(object({
    name         = string
    value        = string
    apply_method = optional(string, "immediate")
  }))
  default = [
    { name = "rds.force_ssl", value = "1" },
    { name = "log_min_duration_statement", value = "1000" },
  ]
}

variable "deletion_protection" {
  description = "Refuse to delete the instance."
  type        = bool
  default     = true
}
