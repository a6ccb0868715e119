# A module that is not installed and has no instance (count = 0) hides nothing. Conforming.
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

variable "gateway" {
  type    = bool
  default = false
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"
  count   = var.gateway ? 1 : 0

  name               = "spare"
  enable_nat_gateway = true
}
