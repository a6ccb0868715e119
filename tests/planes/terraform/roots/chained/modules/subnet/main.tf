variable "vpc_id" {}
variable "zone" {}
variable "cidr" {}
variable "tags" {
  type    = map(string)
  default = {}
}

module "naming" {
  source = "../naming"
  parts  = [var.tags["Name"], var.zone]
}

resource "aws_subnet" "this" {
  vpc_id            = var.vpc_id
  availability_zone = var.zone
  cidr_block        = var.cidr
  tags              = merge(var.tags, { Name = module.naming.name })
}

output "cidr" { value = aws_subnet.this.cidr_block }
output "name" { value = aws_subnet.this.tags.Name }
output "id" { value = aws_subnet.this.id }
