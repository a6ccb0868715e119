# Modules of the registry that are not installed: what rests on them cannot be read; what was read is judged as ever.
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

module "rds" {
  source  = "terraform-aws-modules/rds/aws"
  version = "~> 6.0"

  engine                  = "postgres"
  instance_class          = "db.t4g.micro"
  backup_retention_period = 1
  vpc_security_group_ids  = [module.network.groups.rds]
}

module "s3" {
  source  = "terraform-aws-modules/s3-bucket/aws"
  version = "~> 6.0"

  bucket = "glimpse-files-prod"
}

module "elasticache" {
  source  = "terraform-aws-modules/elasticache/aws"
  version = "~> 6.0"

  cluster_id = "glimpse-prod"
  engine     = "redis"
}
