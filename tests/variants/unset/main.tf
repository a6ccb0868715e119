# What the source leaves open: variables without a value, and arguments that it does not set.
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

module "balancer" {
  source  = "../parts/balancer"
  network = module.network
}

module "service" {
  source  = "../parts/service"
  network = module.network
}

module "files" {
  source = "../parts/files"
}

variable "class" {
  type = string
}

variable "gateway" {
  type = bool
}

resource "aws_db_instance" "this" {
  engine                      = "postgres"
  instance_class              = var.class
  allocated_storage           = 20
  username                    = "glimpse"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = [module.network.groups.rds]
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = "glimpse-prod"
  description          = "sessions"
  engine               = "redis"
  node_type            = "cache.t4g.micro"
  security_group_ids   = [module.network.groups.redis]
}

resource "aws_instance" "nat" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t4g.nano"
  tags          = { Name = "nat" }
}

resource "aws_nat_gateway" "this" {
  count             = var.gateway ? 1 : 0
  connectivity_type = "private"
  subnet_id         = module.network.subnets[0]
}
