variable "network" {}

resource "aws_lb" "this" {
  subnets         = var.network.subnets
  security_groups = [var.network.groups.alb]
}
