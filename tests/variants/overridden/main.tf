# Values that files of higher precedence change: terraform.tfvars, *.auto.tfvars, an override file in JSON.
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

variable "database" {
  type = object({
    class = optional(string, "db.t4g.micro")
    keep  = optional(number, 1)
    size  = number
  })
  default = { size = 20 }
}

resource "aws_db_instance" "this" {
  engine                      = "postgres"
  instance_class              = var.database.class
  allocated_storage           = var.database.size
  backup_retention_period     = var.database.keep
  username                    = "glimpse"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = [module.network.groups.rds]
}

resource "aws_elasticache_cluster" "this" {
  cluster_id         = "glimpse-prod"
  engine             = "redis"
  node_type          = "cache.t4g.micro"
  num_cache_nodes    = 1
  security_group_ids = [module.network.groups.redis]
}
