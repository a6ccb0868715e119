variable "name" { type = string }
variable "cidr" { type = string }
variable "zones" { type = list(string) }

module "naming" {
  source = "../naming"
  parts  = ["net", var.name]
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = module.naming.name }
}

module "subnet" {
  source   = "../subnet"
  for_each = { for i, z in var.zones : z => i }
  vpc_id   = aws_vpc.this.id
  zone     = each.key
  cidr     = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)
  tags     = merge(aws_vpc.this.tags, { Zone = each.key })
}

output "name" { value = module.naming.name }
output "vpc_id" { value = aws_vpc.this.id }
output "cidrs" { value = { for z, s in module.subnet : z => s.cidr } }
output "subnet_names" { value = values(module.subnet)[*].name }
output "subnet_ids" { value = [for s in module.subnet : s.id] }
