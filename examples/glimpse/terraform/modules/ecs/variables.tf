variable "name_prefix" {
  description = "Prefix of every name in this module; also the name of the cluster."
  type        = string
}

variable "service_name" {
  description = "Name of the service, its task family and its repository."
  type        = string
}

variable "aws_region" {
  description = "Region, for the log driver and for ARNs."
  type        = string
}

variable "aws_account_id" {
  description = "Account that owns the secrets."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the tasks."
  type        = string
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC, where database and cache are."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of the tasks."
  type        = list(string)
}

variable "alb_security_group_id" {
  description = "The only group that may reach the tasks."
  type        = string
}

variable "target_group_arn" {
  description = "Target group the tasks register with."
  type        = string
}

variable "container_port" {
  description = "Port the application listens on."
  type        = number
  default     = 3001
}

variable "task_cpu" {
  description = "CPU units of a task (1024 is one vCPU)."
  type        = string

  validation {
    condition     = contains(["256", "512", "1024", "2048", "4096"], var.task_cpu)
    error_message = "task_cpu must be a size that Fargate knows."
  }
}

variable "task_memory" {
  description = "Memory of a task in MiB."
  type        = string

  validation {
    condition     = tonumber(var.task_memory) >= 512 && tonumber(var.task_memory) % 512 == 0
    error_message = "task_memory must be a multiple of 512 MiB."
  }
}

variable "desired_count" {
  description = "Tasks to start with; autoscaling owns the number afterwards."
  type        = number
}

variable "min_capacity" {
  description = "Fewest tasks autoscaling may leave."
  type        = number
}

variable "max_capacity" {
  description = "Most tasks autoscaling may start."
  type        = number

  validation {
    condition     = var.max_capacity >= 1 && var.max_capacity <= 100
    error_message = "max_capacity must lie between 1 and 100."
  }
}

variable "capacity_providers" {
  description = "Share of each capacity provider by weight; base pins a number of tasks to one."
  type = map(object({
    weight = number
    base   = optional(number, 0)
  }))
  default = {
    FARGATE      = { weight = 10 }
    FARGATE_SPOT = { weight = 90 }
  }

  validation {
    condition     = length([for provider in values(var.capacity_providers) : provider if provider.base > 0]) <= 1
    error_message = "At most one capacity provider may have a base."
  }
}

variable "target_tracking" {
  description = "Predefined ECS metric → value autoscaling keeps it at, in percent."
  type        = map(number)
  default     = { ECSServiceAverageCPUUtilization = 70 }
}

variable "image_tag" {
  description = "Tag of the image to run."
  type        = string
  default     = "latest"
}

variable "environment" {
  description = "Plain environment variables of the container."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "Environment variable → name of the Secrets Manager secret. The secrets are made by hand, not here."
  type        = map(string)
  default     = {}
}

variable "files_bucket_name" {
  description = "Bucket whose objects the application may read, write and delete."
  type        = string
}

variable "s3_actions" {
  description = "What the application may do with those objects."
  type        = list(string)
  default     = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]
}

variable "log_retention_days" {
  description = "Days the log group keeps its events."
  type        = number
  default     = 30
}

variable "container_insights" {
  description = "Whether the cluster sends Container Insights metrics (paid)."
  type        = bool
  default     = false
}
