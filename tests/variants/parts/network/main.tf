# A network with one security group a tier, as the document has them.
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  availability_zone = "ap-northeast-2${["a", "c"][count.index]}"
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
}

locals {
  ports = { alb = 443, ecs = 3001, rds = 5432, redis = 6379 }
}

resource "aws_security_group" "this" {
  for_each = local.ports
  vpc_id   = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "internet" {
  security_group_id = aws_security_group.this["alb"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = local.ports.alb
  to_port           = local.ports.alb
}

resource "aws_vpc_security_group_ingress_rule" "hop" {
  for_each                     = { ecs = "alb", rds = "ecs", redis = "ecs" }
  security_group_id            = aws_security_group.this[each.key].id
  referenced_security_group_id = aws_security_group.this[each.value].id
  ip_protocol                  = "tcp"
  from_port                    = local.ports[each.key]
  to_port                      = local.ports[each.key]
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "default_group" {
  value = aws_vpc.this.default_security_group_id
}

output "subnets" {
  value = aws_subnet.this[*].id
}

output "groups" {
  value = { for tier, group in aws_security_group.this : tier => group.id }
}
