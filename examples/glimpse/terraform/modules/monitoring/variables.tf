variable "name_prefix" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "aws_region" {
  description = "Region of the metrics."
  type        = string
}

variable "alarm_emails" {
  description = "Who gets a mail when an alarm goes off."
  type        = set(string)
  default     = []
}

variable "cluster_name" {
  description = "ECS cluster to watch."
  type        = string
}

variable "service_name" {
  description = "ECS service to watch."
  type        = string
}

variable "database_identifier" {
  description = "RDS instance to watch."
  type        = string
}

variable "cache_clusters" {
  description = "Redis nodes to watch."
  type        = list(string)
}

variable "load_balancer" {
  description = "Load balancer to watch, as CloudWatch names it."
  type        = string
}

variable "nat_autoscaling_group" {
  description = "Auto Scaling group of the NAT instance."
  type        = string
}

variable "thresholds" {
  description = "Where the alarms go off."
  type = object({
    rds_free_memory_bytes = optional(number, 209715200)
    rds_connections       = optional(number, 45)
    ecs_cpu_percent       = optional(number, 80)
    alb_5xx_count         = optional(number, 10)
  })
  default = {}
}

variable "disabled_alarms" {
  description = "Keys of alarms that are not to be made."
  type        = set(string)
  default     = []
}
