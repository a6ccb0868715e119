# An instance that takes its size and volume from a launch template. Conforming.
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

module "data" {
  source  = "../parts/data"
  network = module.network
}

module "files" {
  source = "../parts/files"
}

resource "aws_launch_template" "nat" {
  name          = "outbound-nano"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t4g.nano"

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 8
    }
  }
}

resource "aws_instance" "nat" {
  subnet_id         = module.network.subnets[0]
  source_dest_check = false

  launch_template {
    id      = aws_launch_template.nat.id
    version = "$Latest"
  }

  tags = {
    Name = "nat"
  }
}

resource "aws_nat_gateway" "this" {
  for_each          = toset([])
  connectivity_type = "private"
  subnet_id         = module.network.subnets[0]
}
