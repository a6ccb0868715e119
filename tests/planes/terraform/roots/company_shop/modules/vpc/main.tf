variable "name" {}
variable "cidr" {}
variable "nat" { default = 1 }

variable "subnets" {
  type = map(object({
    tier = string
    zone = string
    cidr = string
  }))
}

locals {
  public  = { for k, s in var.subnets : k => s if s.tier == "public" }
  private = { for k, s in var.subnets : k => s if s.tier != "public" }
  nats    = slice(sort(keys(local.public)), 0, var.nat)
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = {
    Name = var.name
  }
}

resource "aws_subnet" "this" {
  for_each = var.subnets

  vpc_id                  = aws_vpc.this.id
  cidr_block              = each.value.cidr
  availability_zone       = each.value.zone
  map_public_ip_on_launch = each.value.tier == "public"

  tags = {
    Name = "${var.name}-${each.key}"
    Tier = title(each.value.tier)
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_eip" "nat" {
  for_each = toset(local.nats)
  domain   = "vpc"
  tags     = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each      = aws_eip.nat
  allocation_id = each.value.id
  subnet_id     = aws_subnet.this[each.key].id

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = { Name = "${var.name}-public" }
}

resource "aws_route_table" "private" {
  for_each = aws_nat_gateway.this
  vpc_id   = aws_vpc.this.id
  tags     = { Name = "${var.name}-${replace(each.key, "public", "private")}" }
}

resource "aws_route" "private" {
  for_each               = aws_route_table.private
  route_table_id         = each.value.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.key].id
}

resource "aws_route_table_association" "public" {
  for_each       = local.public
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  for_each       = local.private
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = try(aws_route_table.private["public-${split("-", each.key)[1]}"].id, values(aws_route_table.private)[0].id)
}

output "id" {
  value = aws_vpc.this.id
}

output "subnet_ids" {
  value = {
    for tier in distinct(values(var.subnets)[*].tier) : tier => {
      for k, s in aws_subnet.this : k => s.id if var.subnets[k].tier == tier
    }
  }
}

output "private_route_table_ids" {
  value = values(aws_route_table.private)[*].id
}
