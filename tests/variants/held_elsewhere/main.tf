# Task definition, bucket and access control are made by others, and named by data sources: the source cannot tell.
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

module "data" {
  source  = "../parts/data"
  network = module.network
}

resource "aws_iam_role" "task" {
  name               = "glimpse-prod-task"
  assume_role_policy = <<-JSON
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
     "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}
  JSON
}

data "aws_ecs_task_definition" "api" {
  task_definition = "glimpse-api"
}

data "aws_s3_bucket" "files" {
  bucket = "glimpse-files-prod"
}

data "aws_cloudfront_origin_access_control" "files" {
  id = "E3RRRRRRRRRRRR"
}

resource "aws_ecs_cluster" "main" {
  name = "glimpse-prod"
}

resource "aws_ecs_service" "api" {
  name            = "glimpse-api"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = data.aws_ecs_task_definition.api.arn
  desired_count   = 2

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 95
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 5
  }

  network_configuration {
    subnets         = module.network.subnets
    security_groups = [module.network.groups["ecs"]]
  }
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/glimpse-prod/glimpse-api"
  min_capacity       = 2
  max_capacity       = 20
}

resource "aws_cloudfront_distribution" "files" {
  enabled = true

  origin {
    origin_id                = "files"
    domain_name              = data.aws_s3_bucket.files.bucket_regional_domain_name
    origin_access_control_id = data.aws_cloudfront_origin_access_control.files.id
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

  dynamic "ordered_cache_behavior" {
    for_each = { profiles = 7, groups = 14, chat = 1 }

    content {
      path_pattern           = "/${ordered_cache_behavior.key}/*"
      target_origin_id       = "files"
      viewer_protocol_policy = "https-only"
      allowed_methods        = ["GET", "HEAD"]
      cached_methods         = ["GET", "HEAD"]
      default_ttl            = ordered_cache_behavior.value * 24 * 60 * 60

      forwarded_values {
        query_string = false
        cookies {
          forward = "none"
        }
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = ["KR"]
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
