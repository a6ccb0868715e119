variable "project" {
  description = "Name of the product."
  type        = string
  default     = "glimpse"
}

variable "environment" {
  description = "Name of the environment."
  type        = string
  default     = "prod"

  validation {
    condition     = contains(["prod"], var.environment)
    error_message = "There is one environment: prod."
  }
}

variable "aws_region" {
  description = "Region of everything but CloudFront, IAM and Route 53."
  type        = string
  default     = "ap-northeast-2"
}

variable "aws_account_id" {
  description = "Account this environment lives in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "domain_name" {
  description = "Public domain."
  type        = string
}

variable "network" {
  description = "Address range, zones and way out of the VPC."
  type = object({
    cidr               = string
    availability_zones = list(string)
    single_nat_gateway = optional(bool, true)
    nat_instance_type  = optional(string, "t4g.nano")
    nat_volume_size    = optional(number, 8)
  })
}

variable "ecs" {
  description = "Size and number of the tasks."
  type = object({
    service_name  = string
    task_cpu      = string
    task_memory   = string
    desired_count = number
    min_capacity  = number
    max_capacity  = number
    spot_weight   = optional(number, 90)
    cpu_target    = optional(number, 70)
  })

  validation {
    condition     = var.ecs.spot_weight >= 0 && var.ecs.spot_weight <= 100
    error_message = "spot_weight is a percentage."
  }
}

variable "db_instance_class" {
  description = "Size of the database."
  type        = string
  default     = "db.t4g.micro"
}

variable "db_allocated_storage" {
  description = "Disk of the database in GiB."
  type        = number
  default     = 20
}

variable "db_backup_retention_period" {
  description = "Days database backups are kept."
  type        = number
  default     = 7
}

variable "db_password" {
  description = "First password of the database; the one in use is a secret made by hand."
  type        = string
  sensitive   = true
}

variable "redis_node_type" {
  description = "Size of the cache."
  type        = string
  default     = "cache.t4g.micro"
}

variable "redis_auth_token" {
  description = "First token of the cache; the one in use is a secret made by hand."
  type        = string
  sensitive   = true
}

variable "files_bucket_name" {
  description = "Bucket for uploads; null derives a name."
  type        = string
  default     = null
}

variable "cdn_allowed_countries" {
  description = "Countries CloudFront serves."
  type        = list(string)
  default     = ["KR"]
}

variable "cdn_behaviors" {
  description = "Paths CloudFront caches, with the days."
  type = list(object({
    path = string
    days = number
  }))
}

variable "enable_api_gateway" {
  description = "Put an HTTP API in front of the load balancer."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Who hears of alarms."
  type        = set(string)
  default     = []
}

variable "extra_tags" {
  description = "Tags on top of the usual three."
  type        = map(string)
  default     = {}
}
