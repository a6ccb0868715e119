variable "name_prefix" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the cache."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the cache."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Group of the tasks, the only client."
  type        = string
}

variable "engine_version" {
  description = "Redis version."
  type        = string
  default     = "7.1"
}

variable "node_type" {
  description = "Size of a node."
  type        = string

  validation {
    condition     = startswith(var.node_type, "cache.")
    error_message = "node_type must begin with cache."
  }
}

variable "num_cache_nodes" {
  description = "Nodes in the replication group; more than one turns on failover."
  type        = number
  default     = 1
}

variable "auth_token" {
  description = "Token clients present; rotated by hand right after the first apply."
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.auth_token) >= 16
    error_message = "ElastiCache wants 16 characters at least."
  }
}

variable "parameters" {
  description = "Redis parameters that differ from the family's defaults."
  type        = map(string)
  default     = { maxmemory-policy = "allkeys-lru" }
}
