# A replication group of two, and a node that joins it: no Redis of its own, and behind the group's security groups.
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

resource "aws_db_instance" "this" {
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  allocated_storage           = "20"
  backup_retention_period     = "7"
  username                    = "glimpse"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = [module.network.groups.rds]
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = "glimpse-prod"
  description          = "sessions"
  node_type            = "cache.t4g.micro"
  num_cache_clusters   = 2
  security_group_ids   = [module.network.groups.redis]
}

resource "aws_elasticache_cluster" "reader" {
  cluster_id           = "glimpse-prod-reader"
  replication_group_id = aws_elasticache_replication_group.this.id
}
