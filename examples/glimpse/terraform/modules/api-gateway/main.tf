resource "aws_security_group" "link" {
  name        = "${var.name_prefix}-vpc-link"
  description = "VPC link of the HTTP API: accepts nothing, reaches the load balancer"
  vpc_id      = var.vpc_id

  tags = {
    Name = "${var.name_prefix}-vpc-link"
  }
}

resource "aws_vpc_security_group_egress_rule" "to_alb" {
  security_group_id = aws_security_group.link.id
  description       = "HTTPS to the load balancer"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_apigatewayv2_api" "this" {
  name          = "${var.name_prefix}-http"
  description   = "HTTP API in front of the load balancer"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_vpc_link" "this" {
  name               = "${var.name_prefix}-link"
  security_group_ids = [aws_security_group.link.id]
  subnet_ids         = var.subnet_ids
}

resource "aws_apigatewayv2_integration" "alb" {
  api_id             = aws_apigatewayv2_api.this.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  integration_uri    = var.listener_arn
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.this.id

  tls_config {
    server_name_to_verify = var.server_name
  }
}

resource "aws_apigatewayv2_route" "this" {
  for_each = var.routes

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.value
  target    = "integrations/${aws_apigatewayv2_integration.alb.id}"
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/apigateway/${var.name_prefix}"
  retention_in_days = var.log_retention_days
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      requestId = "$context.requestId"
      routeKey  = "$context.routeKey"
      status    = "$context.status"
    })
  }

  default_route_settings {
    throttling_rate_limit  = var.throttling.rate
    throttling_burst_limit = var.throttling.burst
  }
}
