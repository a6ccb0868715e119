variable "name_prefix" {
  description = "Prefix of every name in this module."
  type        = string
}

variable "bucket_id" {
  description = "Bucket behind the distribution."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of that bucket."
  type        = string
}

variable "bucket_regional_domain_name" {
  description = "Host name of that bucket in its region."
  type        = string
}

variable "allowed_countries" {
  description = "Countries that are served (ISO 3166 alpha-2); empty means all."
  type        = list(string)
  default     = []
}

variable "behaviors" {
  description = "Cache behaviours, in order of precedence; times in days."
  type = list(object({
    path     = string
    days     = number
    max_days = optional(number)
  }))

  validation {
    condition     = alltrue([for behavior in var.behaviors : startswith(behavior.path, "/")])
    error_message = "A path pattern begins with a slash."
  }
}

variable "default_ttl" {
  description = "Seconds an object stays in the cache if no behaviour matches."
  type        = number
  default     = 86400
}

variable "price_class" {
  description = "Edges to use."
  type        = string
  default     = "PriceClass_200"
}
