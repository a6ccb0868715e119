# A second distribution, of a website that has nothing to do with the files. Conforming.
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

resource "aws_cloudfront_distribution" "web" {
  enabled = true

  origin {
    origin_id   = "files"
    domain_name = "www.example.com"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "files"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]

    forwarded_values {
      query_string = false
      cookies {
        forward = "none"
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
