variable "create_vpc" {
  type    = bool
  default = true
}
variable "name" { default = "" }
variable "cidr" { default = "10.0.0.0/16" }
variable "azs" {
  type    = list(string)
  default = []
}
variable "secondary_cidr_blocks" {
  type    = list(string)
  default = []
}
variable "instance_tenancy" { default = "default" }
variable "enable_dns_hostnames" { default = true }
variable "enable_ipv6" { default = false }
variable "public_subnets" {
  type    = list(string)
  default = []
}
variable "public_subnet_ipv6_prefixes" {
  type    = list(string)
  default = []
}
variable "public_subnet_names" {
  type    = list(string)
  default = []
}
variable "public_subnet_suffix" {
  type     = string
  default  = "public"
  nullable = false
}
variable "public_subnet_tags_per_az" {
  type    = map(map(string))
  default = {}
}
variable "private_subnets" {
  type    = list(string)
  default = []
}
variable "private_subnet_names" {
  type    = list(string)
  default = ["first", "second"]
}
variable "map_public_ip_on_launch" { default = false }
variable "enable_nat_gateway" { default = false }
variable "single_nat_gateway" { default = false }
variable "one_nat_gateway_per_az" { default = false }
variable "reuse_nat_ips" { default = false }
variable "manage_default_network_acl" { default = true }
variable "default_network_acl_name" {
  type    = string
  default = null
}
variable "default_network_acl" {
  type    = any
  default = {}
}
variable "create_flow_log" { default = false }
variable "flow_log_s3" { default = false }
variable "flow_log_prefix" { default = "/aws/vpc-flow-log/" }
variable "flow_log_suffix" { default = "" }
variable "flow_log_retention" {
  type    = number
  default = null
}
variable "endpoints" {
  type    = any
  default = {}
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "vpc_tags" {
  type    = map(string)
  default = {}
}
