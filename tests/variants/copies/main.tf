# A read replica of another size, and a replication group of two shards with a replica each.
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
  identifier                  = "glimpse-prod"
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  backup_retention_period     = 7
  username                    = "glimpse"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = [module.network.groups.rds]
}

resource "aws_db_instance" "replica" {
  replicate_source_db    = aws_db_instance.this.identifier
  instance_class         = "db.r6g.large"
  skip_final_snapshot    = true
  vpc_security_group_ids = [module.network.groups.rds]
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id    = "glimpse-prod"
  description             = "sessions"
  node_type               = "cache.t4g.micro"
  num_node_groups         = 2
  replicas_per_node_group = 1
  security_group_ids      = [module.network.groups.redis]
}
