variable "name_prefix" {
  description = "Prefix of every name in this module, for example glimpse-prod."
  type        = string
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC."
  type        = string

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0))
    error_message = "vpc_cidr must be an IPv4 CIDR block."
  }
}

variable "availability_zones" {
  description = "Zones to spread the subnets over, in order."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2
    error_message = "Two availability zones at least: ALB and RDS refuse fewer."
  }
}

variable "single_nat_gateway" {
  description = "One NAT for all zones (true) or one in each zone (false). A NAT is an EC2 instance here."
  type        = bool
  default     = true
}

variable "nat_instance_type" {
  description = "Size of a NAT instance; ARM, to match the image."
  type        = string
  default     = "t4g.nano"

  validation {
    condition     = can(regex("^(t4g|c7g|m7g)\\.", var.nat_instance_type))
    error_message = "The NAT image is built for ARM: choose a Graviton class."
  }
}

variable "nat_volume_size" {
  description = "Root volume of a NAT instance in GiB."
  type        = number
  default     = 8
}

variable "nat_ami_id" {
  description = "Image of the NAT instances; null looks up the current Amazon Linux 2023 for ARM."
  type        = string
  default     = null
}
