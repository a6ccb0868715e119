# Rules that let in more than the chain: every protocol, a range, the group itself, an address, a port that is unknown.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "ap-northeast-2"
}

module "balancer" {
  source  = "../parts/balancer"
  network = local.network
}

module "outbound" {
  source  = "../parts/outbound"
  network = local.network
}

module "service" {
  source  = "../parts/service"
  network = local.network
}

module "data" {
  source  = "../parts/data"
  network = local.network
}

module "files" {
  source = "../parts/files"
}

variable "debug_port" {
  type = number
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  for_each   = toset(["1", "2"])
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, each.key)
}

resource "aws_security_group" "alb" {
  vpc_id = aws_vpc.this.id
  ingress = [for port in [80, 443] : {
    description      = "web"
    from_port        = port
    to_port          = port
    protocol         = "6"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
    prefix_list_ids  = []
    security_groups  = []
    self             = false
  }]
}

resource "aws_security_group" "ecs" {
  vpc_id = aws_vpc.this.id

  dynamic "ingress" {
    for_each = { alb = [3000, 3001] }
    content {
      from_port       = ingress.value[0]
      to_port         = ingress.value[1]
      protocol        = "TCP"
      security_groups = [aws_security_group.alb.id]
    }
  }
}

resource "aws_security_group" "rds" {
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group_rule" "rds" {
  for_each                 = { ecs = "tcp", all = "all" }
  type                     = "ingress"
  security_group_id        = aws_security_group.rds.id
  source_security_group_id = each.key == "ecs" ? aws_security_group.ecs.id : aws_security_group.rds.id
  protocol                 = each.value
  from_port                = 5432
  to_port                  = 5432
}

resource "aws_security_group" "redis" {
  vpc_id = aws_vpc.this.id

  ingress {
    from_port   = var.debug_port
    to_port     = var.debug_port
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.this.cidr_block]
  }
}

locals {
  network = {
    subnets = [for subnet in aws_subnet.this : subnet.id]
    groups = {
      alb   = aws_security_group.alb.id
      ecs   = aws_security_group.ecs.id
      rds   = aws_security_group.rds.id
      redis = aws_security_group.redis.id
    }
  }
}
