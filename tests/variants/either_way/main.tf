# What is unknown does not matter: either branch is as documented, and a maximum of seven and more is enough.
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

module "outbound" {
  source  = "../parts/outbound"
  network = module.network
}

module "service" {
  source  = "../parts/service"
  network = module.network
}

module "files" {
  source = "../parts/files"
}

variable "production" {
  type = bool
}

locals {
  class = { true = "db.t4g.micro", false = "db.t4g.micro" }
}

resource "aws_db_instance" "this" {
  engine                      = "postgres"
  instance_class              = var.production ? "db.t4g.micro" : lookup(local.class, "false", "db.t4g.small")
  allocated_storage           = 20
  backup_retention_period     = var.production ? 14 : 7
  username                    = "glimpse"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = [module.network.groups.rds]
}

resource "aws_elasticache_cluster" "this" {
  cluster_id         = "glimpse-prod"
  engine             = "redis"
  node_type          = "cache.t4g.micro"
  num_cache_nodes    = var.production ? 1 : "1"
  security_group_ids = [module.network.groups.redis]
}
