# aws_alb, the provider's other name of aws_lb, as trees of some age have it. Conforming.
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

resource "aws_alb" "api" {
  name            = "glimpse-prod"
  subnets         = module.network.subnets
  security_groups = [module.network.groups.alb]
}

resource "aws_alb_target_group" "api" {
  port        = 3001
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = module.network.vpc_id
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.glimpse.contact"
  validation_method = "DNS"
}

resource "aws_alb_listener" "https" {
  load_balancer_arn = aws_alb.api.id
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.api.arn

  default_action {
    type = "forward"
    forward {
      target_group {
        arn = aws_alb_target_group.api.arn
      }
    }
  }
}

# Plain text is sent away, by the default action as by the rule.
resource "aws_alb_listener" "http" {
  load_balancer_arn = aws_alb.api.id
  port              = 80

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_alb_listener_rule" "http" {
  listener_arn = aws_alb_listener.http.arn

  action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }

  condition {
    host_header {
      values = ["api.glimpse.contact"]
    }
  }
}
