resource "aws_api_gateway_rest_api" "old" {
  name        = "old"
  description = "of the agreement"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
  tags = { Name = "old" }
}

resource "aws_api_gateway_resource" "items" {
  rest_api_id = aws_api_gateway_rest_api.old.id
  parent_id   = aws_api_gateway_rest_api.old.root_resource_id
  path_part   = "items"
}

resource "aws_api_gateway_method" "get" {
  rest_api_id      = aws_api_gateway_rest_api.old.id
  resource_id      = aws_api_gateway_resource.items.id
  http_method      = "GET"
  authorization    = "AWS_IAM"
  api_key_required = true
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.old.id
  resource_id             = aws_api_gateway_resource.items.id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "https://api.example.com/items"
}

resource "aws_api_gateway_deployment" "old" {
  rest_api_id = aws_api_gateway_rest_api.old.id
  depends_on  = [aws_api_gateway_integration.get]
}

resource "aws_api_gateway_stage" "old" {
  rest_api_id   = aws_api_gateway_rest_api.old.id
  deployment_id = aws_api_gateway_deployment.old.id
  stage_name    = "prod"
  variables     = { level = "info" }
  tags          = { Name = "prod" }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.old.id
  stage_name  = aws_api_gateway_stage.old.stage_name
  method_path = "*/*"
  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    throttling_burst_limit = 50
    throttling_rate_limit  = 100
  }
}

resource "aws_api_gateway_vpc_link" "inner" {
  name        = "inner"
  target_arns = [aws_lb.inner.arn]
}

resource "aws_apigatewayv2_api" "new" {
  name          = "new"
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["https://app.example.com"]
    allow_methods = ["GET"]
    max_age       = 300
  }
}

resource "aws_apigatewayv2_stage" "new" {
  api_id      = aws_apigatewayv2_api.new.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_apigatewayv2_authorizer" "tokens" {
  api_id           = aws_apigatewayv2_api.new.id
  name             = "tokens"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = ["app"]
    issuer   = "https://issuer.example.com"
  }
}
