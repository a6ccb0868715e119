variable "create" {
  type    = bool
  default = true
}
variable "create_sg" {
  type    = bool
  default = true
}
variable "security_group_id" {
  type    = string
  default = null
}
variable "name" {
  type    = string
  default = null
}
variable "description" {
  type    = string
  default = "Security Group managed by Terraform"
}
variable "vpc_id" {
  type    = string
  default = null
}
variable "use_name_prefix" {
  type    = bool
  default = true
}
variable "revoke_rules_on_delete" {
  type    = bool
  default = false
}
variable "create_timeout" {
  type    = string
  default = "10m"
}
variable "delete_timeout" {
  type    = string
  default = "15m"
}
variable "ingress_rules" {
  type    = list(string)
  default = []
}
variable "ingress_cidr_blocks" {
  type    = list(string)
  default = []
}
variable "ingress_ipv6_cidr_blocks" {
  type    = list(string)
  default = []
}
variable "ingress_prefix_list_ids" {
  type    = list(string)
  default = []
}
variable "ingress_with_cidr_blocks" {
  type    = list(map(string))
  default = []
}
variable "ingress_with_self" {
  type    = list(map(string))
  default = []
}
variable "computed_ingress_with_source_security_group_id" {
  type    = list(map(string))
  default = []
}
variable "number_of_computed_ingress_with_source_security_group_id" {
  type    = number
  default = 0
}
variable "egress_rules" {
  type    = list(string)
  default = []
}
variable "egress_cidr_blocks" {
  type    = list(string)
  default = ["0.0.0.0/0"]
}
variable "egress_ipv6_cidr_blocks" {
  type    = list(string)
  default = ["::/0"]
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "rules" {
  type = map(list(any))
  default = {
    http-80-tcp    = [80, 80, "tcp", "HTTP"]
    https-443-tcp  = [443, 443, "tcp", "HTTPS"]
    postgresql-tcp = [5432, 5432, "tcp", "PostgreSQL"]
    all-all        = [-1, -1, "-1", "All protocols"]
    all-icmp       = [-1, -1, "icmp", "All IPV4 ICMP"]
    _              = ["", "", ""]
  }
}
