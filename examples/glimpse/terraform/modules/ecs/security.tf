# Rules of their own, one resource a rule: the newest of the three styles in this tree.

resource "aws_security_group" "this" {
  name        = "${var.name_prefix}-ecs"
  description = "Tasks: reachable from the load balancer only"
  vpc_id      = var.vpc_id

  tags = {
    Name = "${var.name_prefix}-ecs"
  }
}

resource "aws_vpc_security_group_ingress_rule" "from_alb" {
  security_group_id            = aws_security_group.this.id
  description                  = "application port from the load balancer"
  referenced_security_group_id = var.alb_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.container_port
  to_port                      = var.container_port
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = {
    https    = { port = 443, cidr = "0.0.0.0/0" }
    postgres = { port = 5432, cidr = var.vpc_cidr }
    redis    = { port = 6379, cidr = var.vpc_cidr }
  }

  security_group_id = aws_security_group.this.id
  description       = "${each.key} outwards"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port

  tags = {
    Name = "${var.name_prefix}-ecs-${each.key}"
  }
}
