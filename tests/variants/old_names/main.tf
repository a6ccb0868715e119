# aws_alb, the provider's other name of aws_lb, as trees of some age have it. Conforming.
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

module "network" {
  source = "../parts/network"
}

module "outbound" {
  source  = "../parts/outbound"
  network = module.network
}

module "service" {
  source  = "../parts/service"
  network = module.network
}

module "data" {
  source  = "../parts/data"
  network = module.network
}

module "files" {
  source = "../parts/files"
}

resource "aws_alb" "api" {
  name            = "glimpse-prod"
  subnets         = module.network.subnets
  security_groups = [module.network.groups.alb]
}

resource "aws_alb_target_group" "api" {
  port        = 3001
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = module.network.vpc_id
}
