# Neighbours that no control means: an unnamed bastion, a launch template with "nat" inside a word, MySQL, Memcached, a role
# with all of S3. Conforming.
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

module "data" {
  source  = "../parts/data"
  network = module.network
}

module "files" {
  source = "../parts/files"
}

resource "aws_instance" "bastion" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  subnet_id     = module.network.subnets[0]
}

resource "aws_launch_template" "workers" {
  name          = "termination-handler"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m7g.large"
}

resource "aws_db_instance" "blog" {
  engine                      = "mysql"
  instance_class              = "db.t3.small"
  allocated_storage           = 50
  backup_retention_period     = 1
  username                    = "blog"
  manage_master_user_password = true
  skip_final_snapshot         = true
}

resource "aws_elasticache_cluster" "blog" {
  cluster_id      = "blog"
  engine          = "memcached"
  node_type       = "cache.t3.small"
  num_cache_nodes = 2
}

resource "aws_iam_role" "ci" {
  name                = "ci"
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "codebuild.amazonaws.com" } }]
  })
}
