resource "aws_lb" "web" {
  name                       = "web"
  subnets                    = aws_subnet.public[*].id
  security_groups            = [aws_security_group.inline.id]
  idle_timeout               = 120
  drop_invalid_header_fields = true
  internal                   = false
  tags                       = { Name = "web" }
}

resource "aws_lb" "inner" {
  name                             = "inner"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = aws_subnet.private[*].id
  enable_cross_zone_load_balancing = true
}

resource "aws_lb_target_group" "api" {
  name                 = "api"
  port                 = 8080
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = aws_vpc.main.id
  deregistration_delay = 30
  slow_start           = 60

  health_check {
    path                = "/health"
    matcher             = "200-299"
    interval            = 15
    timeout             = 6
    healthy_threshold   = 4
    unhealthy_threshold = 2
  }
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 3600
  }
  tags = { Name = "api" }
}

resource "aws_lb_target_group" "plain" {
  name     = "plain"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_target_group" "tcp" {
  name               = "tcp"
  port               = 9000
  protocol           = "TCP"
  vpc_id             = aws_vpc.main.id
  preserve_client_ip = true
}

resource "aws_lb_target_group_attachment" "server" {
  target_group_arn = aws_lb_target_group.plain.arn
  target_id        = aws_instance.server.id
  port             = 8080
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.api.arn
        weight = 80
      }
      target_group {
        arn    = aws_lb_target_group.plain.arn
        weight = 20
      }
      stickiness {
        enabled  = true
        duration = 600
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.web.arn

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "no"
      status_code  = "404"
    }
  }
  tags = { Name = "https" }
}

resource "aws_lb_listener" "tcp" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 9000
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.tcp.arn
  }
}

resource "aws_lb_listener_certificate" "second" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_acm_certificate.second.arn
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
  condition {
    path_pattern {
      values = ["/api/*", "/v1/*"]
    }
  }
  condition {
    host_header {
      values = ["api.example.com"]
    }
  }
  tags = { Name = "api" }
}

resource "aws_lb_listener_rule" "moved" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20

  action {
    type = "redirect"
    redirect {
      host        = "new.example.com"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
  condition {
    http_header {
      http_header_name = "X-Old"
      values           = ["yes"]
    }
  }
  condition {
    query_string {
      key   = "v"
      value = "1"
    }
    query_string {
      value = "old"
    }
  }
  condition {
    source_ip {
      values = ["10.0.0.0/8"]
    }
  }
  condition {
    http_request_method {
      values = ["GET"]
    }
  }
}

resource "aws_acm_certificate" "web" {
  domain_name               = "web.example.com"
  subject_alternative_names = ["*.web.example.com"]
  validation_method         = "DNS"
}

resource "aws_acm_certificate" "second" {
  domain_name       = "second.example.com"
  validation_method = "DNS"
}
