# Modules with for_each and count, references through them, values passed down and up.
provider "aws" {
  region = "ap-northeast-2"
}

provider "aws" {
  alias  = "edge"
  region = "us-east-1"
}

variable "azs" {
  type    = list(string)
  default = ["ap-northeast-2a", "ap-northeast-2c"]
}

variable "create" {
  type    = bool
  default = true
}

variable "tiers" {
  type = map(object({
    cidr   = string
    public = optional(bool, false)
  }))
}

locals {
  subnets = merge([
    for tier, spec in var.tiers : {
      for i, az in var.azs : "${tier}-${substr(az, -1, 1)}" => {
        tier   = tier
        az     = az
        public = spec.public
        cidr   = cidrsubnet(spec.cidr, 4, i)
      }
    }
  ]...)
}

resource "aws_vpc" "this" {
  count      = var.create ? 1 : 0
  cidr_block = "10.20.0.0/16"
  tags       = module.tags["vpc"].tags
}

resource "aws_subnet" "this" {
  for_each                = local.subnets
  vpc_id                  = one(aws_vpc.this[*].id)
  cidr_block              = each.value.cidr
  availability_zone       = each.value.az
  map_public_ip_on_launch = each.value.public
  tags                    = { Name = each.key, Tier = each.value.tier }
}

module "tags" {
  source   = "./modules/tags"
  for_each = toset(["vpc", "db"])
  name     = each.key
}

module "rules" {
  source     = "./modules/rules"
  count      = 2
  vpc_id     = try(aws_vpc.this[0].id, null)
  vpc_cidr   = try(aws_vpc.this[0].cidr_block, "none")
  name       = "group-${count.index}"
  ports      = [443, 80 + count.index]
  peer       = count.index == 0 ? null : "sg-0123456789abcdef0"
  subnet_ids = [for key, subnet in aws_subnet.this : subnet.id if subnet.map_public_ip_on_launch]
  providers = {
    aws      = aws
    aws.edge = aws.edge
  }
}

resource "aws_db_subnet_group" "this" {
  name       = "db"
  subnet_ids = values(aws_subnet.this)[*].id
  tags       = module.tags["db"].tags
}

resource "terraform_data" "outputs" {
  input = {
    names   = module.rules[*].name
    keys    = sort(keys(aws_subnet.this))
    cidrs   = { for k, s in aws_subnet.this : k => s.cidr_block }
    group   = module.rules[1].group_id
    tags    = module.tags["db"].tags
    every   = [for m in module.rules : m.ports_by_name]
    chained = module.rules[0].leaf
    vpc     = one(aws_vpc.this[*].cidr_block)
    missing = try(aws_vpc.this[3].cidr_block, "fallback")
    count   = length(aws_subnet.this)
    azs     = distinct([for s in aws_subnet.this : s.availability_zone])
    lookup  = lookup({ for k, s in aws_subnet.this : k => s.availability_zone }, "public-a", "?")
    counted = length(aws_vpc.this)
  }
}
