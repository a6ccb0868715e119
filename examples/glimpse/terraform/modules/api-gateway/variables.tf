variable "name_prefix" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the link."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the link."
  type        = list(string)
}

variable "listener_arn" {
  description = "Listener the requests go to."
  type        = string
}

variable "server_name" {
  description = "Host name on the listener's certificate."
  type        = string
}

variable "routes" {
  description = "Route keys the API answers."
  type        = set(string)
  default     = ["ANY /{proxy+}", "GET /health"]
}

variable "throttling" {
  description = "Requests a second, and how many may come at once."
  type = object({
    rate  = optional(number, 100)
    burst = optional(number, 200)
  })
  default = {}
}

variable "log_retention_days" {
  description = "Days the access log is kept."
  type        = number
  default     = 30
}
