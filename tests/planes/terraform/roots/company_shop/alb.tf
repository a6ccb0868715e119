resource "aws_lb" "main" {
  name               = substr(local.name, 0, 32)
  internal           = false
  load_balancer_type = "application"
  security_groups    = ["${aws_security_group.alb.id}"]
  subnets            = values(module.vpc.subnet_ids["public"])

  enable_deletion_protection = local.is_prod
  drop_invalid_header_fields = "true"

  access_logs {
    bucket  = aws_s3_bucket.logs.bucket
    prefix  = "alb/${var.environment}"
    enabled = true
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = "80"
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = local.is_prod ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : "ELBSecurityPolicy-2016-08"
  certificate_arn   = aws_acm_certificate.main.arn

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "application/json"
      message_body = jsonencode({ error = "not found", release = var.release })
      status_code  = 404
    }
  }
}

resource "aws_lb_listener_rule" "service" {
  for_each = local.routed

  listener_arn = aws_lb_listener.https.arn
  priority     = local.priorities[each.key]

  action {
    type             = "forward"
    target_group_arn = module.service[each.key].target_group_arn
  }

  condition {
    path_pattern {
      values = each.value.path
    }
  }

  condition {
    host_header {
      values = [local.domain[var.environment], "www.${local.domain[var.environment]}"]
    }
  }
}

resource "aws_acm_certificate" "main" {
  domain_name               = lookup(local.domain, var.environment, "dev.shop.example.com")
  subject_alternative_names = ["*.${local.domain[var.environment]}"]
  validation_method         = "DNS"
}

resource "aws_acm_certificate" "cdn" {
  provider          = aws.us_east_1
  domain_name       = "cdn.${local.domain[var.environment]}"
  validation_method = "DNS"
}
