variable "network" {}

resource "aws_lb" "this" {
  subnets         = var.network.subnets
  security_groups = [var.network.groups.alb]
}

resource "aws_lb_target_group" "this" {
  port        = 3001
  protocol    = "HTTP"
  target_type = "ip"
}

data "aws_acm_certificate" "this" {
  domain   = "api.glimpse.contact"
  statuses = ["ISSUED"]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = "443"
  protocol          = "HTTPS"
  certificate_arn   = data.aws_acm_certificate.this.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}
