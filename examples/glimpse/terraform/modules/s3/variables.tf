variable "bucket_name" {
  description = "Name of the bucket, unique in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "Not a valid bucket name."
  }
}

variable "cors_allowed_origins" {
  description = "Origins that may upload with a pre-signed URL."
  type        = list(string)
}

variable "lifecycle_rules" {
  description = "Expiry by prefix, in days; 0 leaves that kind alone."
  type = map(object({
    prefix              = optional(string, "")
    expire_after        = optional(number, 0)
    expire_noncurrent   = optional(number, 30)
    abort_uploads_after = optional(number, 0)
  }))
  default = {}
}
