# A module of the registry that terraform init has installed (the test puts .terraform where it belongs).
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

module "database" {
  source  = "terraform-aws-modules/rds/aws"
  version = "~> 6.0"

  identifier              = "glimpse-prod"
  engine                  = "postgres"
  instance_class          = "db.t4g.micro"
  allocated_storage       = 20
  backup_retention_period = 3
  vpc_security_group_ids  = [module.network.groups.rds]
}


resource "aws_elasticache_cluster" "this" {
  cluster_id         = "glimpse-prod"
  engine             = "redis"
  node_type          = "cache.t4g.micro"
  num_cache_nodes    = 1
  security_group_ids = [module.network.groups.redis]
}
