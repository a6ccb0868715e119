# The Auto Scaling group overrides the launch template's size: what runs is a c7gn.large.
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
  name          = "glimpse-nat"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t4g.nano"

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 8
    }
  }
}

resource "aws_autoscaling_group" "nat" {
  name                = "glimpse-nat"
  min_size            = 1
  max_size            = 1
  vpc_zone_identifier = module.network.subnets

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.nat.id
      }
      override {
        instance_type = "c7gn.large"
      }
    }
  }
}
