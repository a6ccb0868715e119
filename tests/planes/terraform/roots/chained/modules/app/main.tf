variable "name" {}
variable "port" { type = number }
variable "network" {
  type = object({
    name   = string
    vpc_id = string
    cidrs  = map(string)
  })
}
variable "subnets" { type = list(string) }

locals {
  url = "https://${var.name}.internal:${var.port}/"
}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.network.vpc_id
  dynamic "ingress" {
    for_each = var.network.cidrs
    content {
      description = ingress.key
      from_port   = var.port
      to_port     = var.port
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_lb_target_group" "this" {
  name     = substr(var.name, 0, 32)
  port     = var.port
  protocol = var.port == 443 ? "HTTPS" : "HTTP"
  vpc_id   = var.network.vpc_id
  health_check {
    path    = "/health"
    matcher = "200-299"
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

output "summary" {
  value = {
    url     = local.url
    port    = var.port
    subnets = length(var.subnets)
    sg      = aws_security_group.this.name
  }
}
