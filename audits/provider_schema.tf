# One minimal resource of each kind. `make provider-schema` plans it: where the plan says `[]` for a block that is not written
# here, the provider leaves such a block empty; where it says "known after apply", only the provider can tell.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "ap-northeast-2"
  access_key                  = "example"
  secret_key                  = "example"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

resource "aws_instance" "minimal" {
  ami           = "ami-00000000000000000"
  instance_type = "t4g.nano"
}

resource "aws_ebs_volume" "minimal" {
  availability_zone = "ap-northeast-2a"
  size              = 8
}

resource "aws_nat_gateway" "minimal" {
  subnet_id = "subnet-00000000000000000"
}

resource "aws_elasticache_cluster" "minimal" {
  cluster_id      = "minimal"
  engine          = "redis"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 1
}

resource "aws_elasticache_replication_group" "minimal" {
  replication_group_id = "minimal"
  description          = "minimal"
}

resource "aws_cloudfront_cache_policy" "minimal" {
  name = "minimal"
  parameters_in_cache_key_and_forwarded_to_origin {
    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = "none"
    }
    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

resource "aws_cloudfront_origin_access_control" "minimal" {
  name                              = "minimal"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "minimal" {
  enabled = true
  origin {
    domain_name = "minimal.s3.amazonaws.com"
    origin_id   = "minimal"
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "minimal"
    viewer_protocol_policy = "https-only"
  }
  ordered_cache_behavior {
    path_pattern           = "/x/*"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "minimal"
    viewer_protocol_policy = "https-only"
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

resource "aws_cloudfront_distribution" "bare" {
  enabled = true
  origin {
    domain_name = "minimal.example.com"
    origin_id   = "minimal"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "minimal"
    viewer_protocol_policy = "https-only"
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

resource "aws_db_instance" "minimal" {
  instance_class = "db.t4g.micro"
}

resource "aws_ecs_cluster" "minimal" {
  name = "minimal"
}

resource "aws_ecs_service" "minimal" {
  name = "minimal"
}

resource "aws_ecs_task_definition" "minimal" {
  family                = "minimal"
  container_definitions = "[]"
}

resource "aws_appautoscaling_target" "minimal" {
  max_capacity       = 2
  min_capacity       = 1
  resource_id        = "service/minimal/minimal"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}

resource "aws_appautoscaling_policy" "minimal" {
  name               = "minimal"
  resource_id        = "service/minimal/minimal"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}

resource "aws_iam_role" "minimal" {
  assume_role_policy = "{}"
}

resource "aws_iam_policy" "minimal" {
  policy = "{}"
}

resource "aws_iam_instance_profile" "minimal" {
}

resource "aws_s3_bucket" "minimal" {
}

resource "aws_launch_template" "minimal" {
}

resource "aws_launch_template" "blocks" {
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 8
    }
  }
  network_interfaces {
    subnet_id = "subnet-00000000000000000"
  }
}

resource "aws_autoscaling_group" "minimal" {
  max_size = 1
  min_size = 1
  launch_template {
    id = "lt-00000000000000000"
  }
  availability_zones = ["ap-northeast-2a"]
}

resource "aws_lb" "minimal" {
  subnets = ["subnet-00000000000000000"]
}

resource "aws_lb_listener" "minimal" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/minimal/0000000000000000"
  port              = 443
  default_action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/minimal/0000000000000000"
  }
}

resource "aws_default_security_group" "minimal" {}

resource "aws_security_group" "minimal" {
}

resource "aws_vpc" "minimal" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "minimal" {
  vpc_id     = "vpc-00000000000000000"
  cidr_block = "10.0.0.0/24"
}

resource "aws_secretsmanager_secret" "minimal" {
}

resource "aws_ecr_repository" "minimal" {
  name = "minimal"
}

resource "aws_cloudwatch_log_group" "minimal" {
}

resource "aws_cloudwatch_log_metric_filter" "minimal" {
  log_group_name = "minimal"
  name           = "minimal"
  pattern        = "ERROR"
  metric_transformation {
    name      = "minimal"
    namespace = "minimal"
    value     = "1"
  }
}

resource "aws_cloudwatch_log_resource_policy" "minimal" {
  policy_name     = "minimal"
  policy_document = "{}"
}

resource "aws_cloudwatch_metric_alarm" "minimal" {
  alarm_name          = "minimal"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "minimal"
  namespace           = "minimal"
  period              = 60
  statistic           = "Sum"
  threshold           = 1
}

resource "aws_cloudwatch_metric_alarm" "queries" {
  alarm_name          = "queries"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 1
  metric_query {
    id         = "e1"
    expression = "1"
  }
}

resource "aws_cloudwatch_composite_alarm" "minimal" {
  alarm_name = "minimal"
  alarm_rule = "ALARM(minimal)"
}

resource "aws_cloudwatch_dashboard" "minimal" {
  dashboard_name = "minimal"
  dashboard_body = "{}"
}

resource "aws_sns_topic" "minimal" {
}

resource "aws_sns_topic_subscription" "minimal" {
  topic_arn = "arn:aws:sns:ap-northeast-2:123456789012:minimal"
  protocol  = "sqs"
  endpoint  = "arn:aws:sqs:ap-northeast-2:123456789012:minimal"
}

resource "aws_sqs_queue" "minimal" {
}

resource "aws_kms_key" "minimal" {
}

resource "aws_kms_alias" "minimal" {
  name          = "alias/minimal"
  target_key_id = "00000000-0000-0000-0000-000000000000"
}

resource "aws_internet_gateway" "minimal" {
}

resource "aws_route_table" "minimal" {
  vpc_id = "vpc-00000000000000000"
}

resource "aws_eip" "minimal" {
}

resource "aws_vpc_endpoint" "minimal" {
  vpc_id       = "vpc-00000000000000000"
  service_name = "com.amazonaws.ap-northeast-2.s3"
}

resource "aws_network_acl" "minimal" {
  vpc_id = "vpc-00000000000000000"
}

resource "aws_key_pair" "minimal" {
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzl3tIzwZ6y0AVkKHJ0c1J5m7vXlmCJ8Q2sn0sZ9hJK"
}

resource "aws_lb_target_group" "minimal" {
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-00000000000000000"
}

resource "aws_lb_target_group" "blocks" {
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-00000000000000000"
  health_check {
  }
  stickiness {
    type = "lb_cookie"
  }
}

resource "aws_lb_target_group_attachment" "minimal" {
  target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/minimal/0000000000000000"
  target_id        = "i-00000000000000000"
}

resource "aws_lb_listener_certificate" "minimal" {
  listener_arn    = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:listener/app/minimal/0000000000000000/0000000000000000"
  certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/00000000-0000-0000-0000-000000000000"
}

resource "aws_lb_listener_rule" "minimal" {
  listener_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:listener/app/minimal/0000000000000000/0000000000000000"
  action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/minimal/0000000000000000"
  }
  condition {
    path_pattern {
      values = ["/x"]
    }
  }
}

resource "aws_ecs_capacity_provider" "minimal" {
  name = "minimal"
  auto_scaling_group_provider {
    auto_scaling_group_arn = "arn:aws:autoscaling:ap-northeast-2:123456789012:autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/minimal"
  }
}

resource "aws_rds_cluster" "minimal" {
  engine = "aurora-postgresql"
}

resource "aws_rds_cluster_instance" "minimal" {
  cluster_identifier = "minimal"
  engine             = "aurora-postgresql"
  instance_class     = "db.t4g.medium"
}

resource "aws_db_subnet_group" "minimal" {
  subnet_ids = ["subnet-00000000000000000"]
}

resource "aws_db_parameter_group" "minimal" {
  family = "postgres16"
}

resource "aws_db_parameter_group" "blocks" {
  family = "postgres16"
  parameter {
    name  = "minimal"
    value = "1"
  }
}

resource "aws_rds_cluster_parameter_group" "minimal" {
  family = "aurora-postgresql16"
}

resource "aws_db_option_group" "minimal" {
  engine_name          = "mysql"
  major_engine_version = "8.0"
}

resource "aws_elasticache_subnet_group" "minimal" {
  name       = "minimal"
  subnet_ids = ["subnet-00000000000000000"]
}

resource "aws_elasticache_parameter_group" "minimal" {
  name   = "minimal"
  family = "redis7"
}

resource "aws_elasticache_user" "minimal" {
  user_id       = "minimal"
  user_name     = "minimal"
  engine        = "redis"
  access_string = "on ~* +@all"
}

resource "aws_elasticache_user_group" "minimal" {
  user_group_id = "minimal"
  engine        = "redis"
}

resource "aws_iam_user" "minimal" {
  name = "minimal"
}

resource "aws_iam_group" "minimal" {
  name = "minimal"
}

resource "aws_iam_openid_connect_provider" "minimal" {
  url            = "https://minimal.example.com"
  client_id_list = ["minimal"]
}

resource "aws_cloudfront_function" "minimal" {
  name    = "minimal"
  runtime = "cloudfront-js-2.0"
  code    = "minimal"
}

resource "aws_cloudfront_public_key" "minimal" {
  encoded_key = "minimal"
}

resource "aws_cloudfront_key_group" "minimal" {
  name  = "minimal"
  items = ["minimal"]
}

resource "aws_cloudfront_origin_access_identity" "minimal" {
}

resource "aws_cloudfront_origin_request_policy" "minimal" {
  name = "minimal"
  cookies_config {
    cookie_behavior = "none"
  }
  headers_config {
    header_behavior = "none"
  }
  query_strings_config {
    query_string_behavior = "none"
  }
}

resource "aws_cloudfront_response_headers_policy" "minimal" {
  name = "minimal"
  server_timing_headers_config {
    enabled       = true
    sampling_rate = 1
  }
}

resource "aws_cloudfront_response_headers_policy" "blocks" {
  name = "blocks"
  cors_config {
    access_control_allow_credentials = false
    origin_override                  = true
    access_control_allow_headers {
    }
    access_control_allow_methods {
    }
    access_control_allow_origins {
    }
  }
  security_headers_config {
  }
}

resource "aws_rds_cluster_parameter_group" "blocks" {
  family = "aurora-postgresql16"
  parameter {
    name  = "minimal"
    value = "1"
  }
}

resource "aws_route53_zone" "minimal" {
  name = "example.com"
}

resource "aws_route53_record" "minimal" {
  zone_id = "Z00000000000000000000"
  name    = "example.com"
  type    = "A"
  records = ["192.0.2.1"]
}

resource "aws_acm_certificate" "minimal" {
  domain_name = "example.com"
}

resource "aws_cognito_user_pool" "minimal" {
  name = "minimal"
}

resource "aws_cognito_user_pool_client" "minimal" {
  name         = "minimal"
  user_pool_id = "ap-northeast-2_000000000"
}

resource "aws_cognito_user_pool_domain" "minimal" {
  domain       = "minimal"
  user_pool_id = "ap-northeast-2_000000000"
}

resource "aws_cognito_user_group" "minimal" {
  name         = "minimal"
  user_pool_id = "ap-northeast-2_000000000"
}

resource "aws_apigatewayv2_api" "minimal" {
  name          = "minimal"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "minimal" {
  api_id = "0000000000"
  name   = "minimal"
}

resource "aws_apigatewayv2_integration" "minimal" {
  api_id           = "0000000000"
  integration_type = "MOCK"
}

resource "aws_apigatewayv2_route" "minimal" {
  api_id    = "0000000000"
  route_key = "GET /"
}

resource "aws_apigatewayv2_authorizer" "minimal" {
  api_id          = "0000000000"
  authorizer_type = "JWT"
  name            = "minimal"
}

resource "aws_apigatewayv2_vpc_link" "minimal" {
  name               = "minimal"
  security_group_ids = []
  subnet_ids         = ["subnet-00000000000000000"]
}

resource "aws_apigatewayv2_domain_name" "minimal" {
  domain_name = "api.example.com"
  domain_name_configuration {
    certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "minimal" {
  api_id      = "0000000000"
  domain_name = "api.example.com"
  stage       = "minimal"
}

resource "aws_api_gateway_rest_api" "minimal" {
  name = "minimal"
}

resource "aws_api_gateway_stage" "minimal" {
  rest_api_id   = "0000000000"
  stage_name    = "minimal"
  deployment_id = "000000"
}

resource "aws_api_gateway_method" "minimal" {
  rest_api_id   = "0000000000"
  resource_id   = "0000000000"
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "minimal" {
  rest_api_id = "0000000000"
  resource_id = "0000000000"
  http_method = "GET"
  type        = "MOCK"
}

resource "aws_api_gateway_vpc_link" "minimal" {
  name        = "minimal"
  target_arns = ["arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/minimal/0000000000000000"]
}

resource "aws_ssm_parameter" "minimal" {
  name  = "minimal"
  type  = "String"
  value = "minimal"
}

resource "aws_flow_log" "minimal" {
  log_destination = "arn:aws:s3:::minimal"
  vpc_id          = "vpc-00000000000000000"
  traffic_type    = "ALL"
}

resource "aws_backup_vault" "minimal" {
  name = "minimal"
}

resource "aws_backup_plan" "minimal" {
  name = "minimal"
  rule {
    rule_name         = "minimal"
    target_vault_name = "minimal"
  }
}

resource "aws_backup_selection" "minimal" {
  iam_role_arn = "arn:aws:iam::123456789012:role/minimal"
  name         = "minimal"
  plan_id      = "minimal"
}

resource "aws_cloudwatch_event_rule" "minimal" {
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "minimal" {
  rule = "minimal"
  arn  = "arn:aws:sns:ap-northeast-2:123456789012:minimal"
}

resource "aws_scheduler_schedule" "minimal" {
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:sns:ap-northeast-2:123456789012:minimal"
    role_arn = "arn:aws:iam::123456789012:role/minimal"
  }
}

resource "aws_lambda_function" "minimal" {
  function_name = "minimal"
  role          = "arn:aws:iam::123456789012:role/minimal"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/minimal:latest"
}

resource "aws_dynamodb_table" "minimal" {
  name         = "minimal"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_budgets_budget" "minimal" {
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = "1"
  limit_unit   = "USD"
}
