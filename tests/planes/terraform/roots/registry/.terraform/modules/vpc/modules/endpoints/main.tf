variable "create" { default = true }
variable "vpc_id" { default = null }
variable "endpoints" { default = {} }
variable "subnets" { default = [] }
variable "tags" { default = {} }

locals {
  endpoints = { for k, v in var.endpoints : k => v if var.create && try(v.create, true) }
}

resource "aws_vpc_endpoint" "this" {
  for_each            = local.endpoints
  vpc_id              = var.vpc_id
  service_name        = try(each.value.service_name, "com.amazonaws.eu-west-3.${each.key}")
  vpc_endpoint_type   = try(each.value.type, "Interface")
  auto_accept         = try(each.value.auto_accept, null)
  subnet_ids          = try(each.value.type, "Interface") == "Interface" ? distinct(concat(var.subnets, lookup(each.value, "subnet_ids", []))) : null
  private_dns_enabled = try(each.value.type, "Interface") == "Interface" ? try(each.value.private_dns, null) : null
  tags                = merge(var.tags, try(each.value.tags, {}))

  dynamic "dns_options" {
    for_each = try([each.value.dns_options], [])
    content {
      dns_record_ip_type = try(dns_options.value.dns_record_ip_type, null)
    }
  }

  timeouts {
    create = try(each.value.timeout, "10m")
  }
}
