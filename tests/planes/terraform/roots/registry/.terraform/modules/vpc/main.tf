locals {
  len_public_subnets  = max(length(var.public_subnets), length(var.public_subnet_ipv6_prefixes))
  len_private_subnets = length(var.private_subnets)
  max_subnet_length   = max(local.len_private_subnets, local.len_public_subnets)
  vpc_id              = try(aws_vpc_ipv4_cidr_block_association.this[0].vpc_id, aws_vpc.this[0].id, "")
  create_vpc          = var.create_vpc
  nat_gateway_count   = var.single_nat_gateway ? 1 : var.one_nat_gateway_per_az ? length(var.azs) : local.max_subnet_length
  nat_gateway_ips     = try(aws_eip.nat[*].id, [])
}

resource "aws_vpc" "this" {
  count = local.create_vpc ? 1 : 0

  cidr_block                       = var.cidr
  instance_tenancy                 = var.instance_tenancy
  enable_dns_hostnames             = var.enable_dns_hostnames
  assign_generated_ipv6_cidr_block = var.enable_ipv6 ? true : null

  tags = merge(
    { "Name" = var.name },
    var.tags,
    var.vpc_tags,
  )
}

resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count      = local.create_vpc && length(var.secondary_cidr_blocks) > 0 ? length(var.secondary_cidr_blocks) : 0
  vpc_id     = aws_vpc.this[0].id
  cidr_block = element(var.secondary_cidr_blocks, count.index)
}

resource "aws_subnet" "public" {
  count = local.create_vpc && local.len_public_subnets > 0 && (!var.one_nat_gateway_per_az || local.len_public_subnets >= length(var.azs)) ? local.len_public_subnets : 0

  availability_zone       = length(regexall("^[a-z]{2}-", element(var.azs, count.index))) > 0 ? element(var.azs, count.index) : null
  availability_zone_id    = length(regexall("^[a-z]{2}-", element(var.azs, count.index))) == 0 ? element(var.azs, count.index) : null
  cidr_block              = element(concat(var.public_subnets, [""]), count.index)
  map_public_ip_on_launch = var.map_public_ip_on_launch
  vpc_id                  = local.vpc_id

  tags = merge(
    {
      Name = try(
        var.public_subnet_names[count.index],
        format("${var.name}-${var.public_subnet_suffix}-%s", element(var.azs, count.index))
      )
    },
    var.tags,
    lookup(var.public_subnet_tags_per_az, element(var.azs, count.index), {})
  )
}

resource "aws_subnet" "private" {
  count             = local.create_vpc ? local.len_private_subnets : 0
  availability_zone = element(var.azs, count.index)
  cidr_block        = element(concat(var.private_subnets, [""]), count.index)
  vpc_id            = local.vpc_id
  tags = merge(
    { Name = try(var.private_subnet_names[count.index], format("${var.name}-private-%s", element(var.azs, count.index))) },
    var.tags,
  )
}

resource "aws_route_table" "private" {
  count  = local.create_vpc && local.max_subnet_length > 0 ? local.nat_gateway_count : 0
  vpc_id = local.vpc_id
  tags = merge(
    { "Name" = var.single_nat_gateway ? "${var.name}-private" : format("${var.name}-private-%s", element(var.azs, count.index)) },
    var.tags,
  )
}

resource "aws_route_table_association" "private" {
  count          = local.create_vpc ? local.len_private_subnets : 0
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, var.single_nat_gateway ? 0 : count.index)
}

resource "aws_eip" "nat" {
  count  = local.create_vpc && var.enable_nat_gateway && !var.reuse_nat_ips ? local.nat_gateway_count : 0
  domain = "vpc"
  tags   = merge({ "Name" = format("${var.name}-%s", element(var.azs, var.single_nat_gateway ? 0 : count.index)) }, var.tags)
}

resource "aws_nat_gateway" "this" {
  count         = local.create_vpc && var.enable_nat_gateway ? local.nat_gateway_count : 0
  allocation_id = element(local.nat_gateway_ips, var.single_nat_gateway ? 0 : count.index)
  subnet_id     = element(aws_subnet.public[*].id, var.single_nat_gateway ? 0 : count.index)
  tags          = merge({ "Name" = format("${var.name}-%s", element(var.azs, count.index)) }, var.tags)
}

resource "aws_default_network_acl" "this" {
  count                  = local.create_vpc && var.manage_default_network_acl ? 1 : 0
  default_network_acl_id = aws_vpc.this[0].default_network_acl_id
  subnet_ids             = null
  dynamic "ingress" {
    for_each = try(var.default_network_acl.ingress, [])
    content {
      action          = ingress.value.action
      cidr_block      = lookup(ingress.value, "cidr_block", null)
      from_port       = try(ingress.value.from_port, 0)
      icmp_code       = lookup(ingress.value, "icmp_code", null)
      ipv6_cidr_block = lookup(ingress.value, "ipv6_cidr_block", null)
      protocol        = lookup(ingress.value, "protocol", "-1")
      rule_no         = ingress.value.rule_no
      to_port         = lookup(ingress.value, "to_port", 0)
    }
  }
  dynamic "egress" {
    for_each = lookup(var.default_network_acl, "egress", [{ rule_no = 1, action = "deny" }])
    content {
      action     = egress.value.action
      rule_no    = egress.value.rule_no
      cidr_block = "0.0.0.0/0"
      protocol   = "-1"
      from_port  = 0
      to_port    = 0
    }
  }
  tags = merge({ Name = coalesce(var.default_network_acl_name, "${var.name}-default") }, var.tags)
}

resource "aws_flow_log" "this" {
  count                = local.create_vpc && var.create_flow_log ? 1 : 0
  log_destination_type = "cloud-watch-logs"
  log_destination      = try(aws_cloudwatch_log_group.flow[0].arn, null)
  iam_role_arn         = try(aws_iam_role.flow[0].arn, null)
  traffic_type         = upper("all")
  vpc_id               = local.vpc_id
  dynamic "destination_options" {
    for_each = var.flow_log_s3 ? [true] : []
    content {
      file_format = "parquet"
    }
  }
}

resource "aws_cloudwatch_log_group" "flow" {
  count             = var.create_flow_log ? 1 : 0
  name              = "${var.flow_log_prefix}${var.flow_log_suffix == "" ? local.vpc_id : var.flow_log_suffix}"
  retention_in_days = var.flow_log_retention
}

resource "aws_iam_role" "flow" {
  count              = var.create_flow_log ? 1 : 0
  name_prefix        = "flow-"
  assume_role_policy = data.aws_iam_policy_document.flow[0].json
}

data "aws_iam_policy_document" "flow" {
  count = var.create_flow_log ? 1 : 0
  statement {
    sid     = "AWSVPCFlowLogsAssumeRole"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }
  }
}

module "endpoints" {
  source    = "./modules/endpoints"
  create    = length(var.endpoints) > 0
  vpc_id    = local.vpc_id
  endpoints = var.endpoints
  subnets   = aws_subnet.private[*].id
  tags      = var.tags
}
