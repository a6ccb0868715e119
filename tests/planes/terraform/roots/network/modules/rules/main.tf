terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.edge]
    }
  }
}

variable "vpc_id" { type = string }
variable "vpc_cidr" { type = string }
variable "name" { type = string }
variable "ports" { type = list(number) }
variable "peer" {
  type    = string
  default = "unset"
}
variable "subnet_ids" {
  type    = list(string)
  default = []
}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "ports" {
  for_each          = { for p in var.ports : "port-${p}" => p }
  type              = "ingress"
  security_group_id = aws_security_group.this.id
  from_port         = each.value
  to_port           = each.value
  protocol          = "tcp"
  cidr_blocks       = [var.vpc_cidr]
}

resource "aws_security_group_rule" "peer" {
  count                    = var.peer == null ? 0 : 1
  type                     = "egress"
  security_group_id        = aws_security_group.this.id
  source_security_group_id = var.peer
  from_port                = 0
  to_port                  = 0
  protocol                 = "-1"
}

resource "aws_cloudwatch_log_group" "edge" {
  provider = aws.edge
  name     = "/edge/${var.name}"
}

module "leaf" {
  source = "../leaf"
  value  = "${var.name}-${aws_security_group.this.name}"
}

output "group_id" { value = aws_security_group.this.id }
output "name" { value = aws_security_group.this.name }
output "leaf" { value = module.leaf.value }
output "ports_by_name" { value = { for k, r in aws_security_group_rule.ports : k => r.from_port } }
