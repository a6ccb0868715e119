variable "vpc_cidr" {}
variable "availability_zones" {}
variable "single_nat_gateway" { default = false }

locals {
  zones = { for number, zone in var.availability_zones : zone => number }
}

resource "aws_vpc" "this" {
  cidr_block = var.vpc_cidr
}

resource "aws_subnet" "public" {
  for_each          = local.zones
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 8, each.value)
}

resource "aws_subnet" "private" {
  for_each          = local.zones
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 8, each.value + 10)
}

resource "aws_instance" "nat" {
  count             = var.single_nat_gateway ? 1 : length(var.availability_zones)
  ami               = "ami-0123456789abcdef0"
  instance_type     = "t4g.nano"
  subnet_id         = values(aws_subnet.public)[count.index].id
  source_dest_check = false

  root_block_device {
    volume_size = "8"
  }

  tags = { Name = "glimpse-nat-${count.index}" }
}

output "vpc_id" { value = aws_vpc.this.id }
output "public" { value = [for subnet in aws_subnet.public : subnet.id] }
output "private" { value = values(aws_subnet.private)[*].id }
