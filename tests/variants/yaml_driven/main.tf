# Everything from one YAML file; rules as a map with a direction each; legacy aws_security_group_rule.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

locals {
  stack  = yamldecode(file("${path.module}/stack.yaml"))
  name   = join("-", [local.stack.project, local.stack.stage])
  bucket = "${local.stack.project}-files-${local.stack.stage}"
  tiers  = toset(local.stack.edges[*].tier)

  rules = merge(
    { for edge in local.stack.edges : "${edge.name}-in" => merge({ from = null, cidr = null }, edge, { type = "ingress" }) },
    { for tier in local.tiers : "${tier}-out" => { type = "egress", tier = tier, port = 0, from = null, cidr = "0.0.0.0/0" } },
  )

  day = 24 * 60 * 60
}

provider "aws" {
  region = local.stack.region
}

data "aws_partition" "this" {}

data "aws_vpc" "this" {
  tags = { Name = local.name }
}

data "aws_subnets" "this" {
  for_each = toset(["public", "private"])
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.this.id]
  }
  tags = { Tier = each.key }
}

resource "aws_security_group" "tier" {
  for_each    = local.tiers
  name_prefix = "${local.name}-${each.value}-"
  vpc_id      = data.aws_vpc.this.id
}

resource "aws_security_group_rule" "this" {
  for_each                 = local.rules
  security_group_id        = aws_security_group.tier[each.value.tier].id
  type                     = each.value.type
  from_port                = each.value.port
  to_port                  = each.value.port
  protocol                 = each.value.port == 0 ? "-1" : "tcp"
  cidr_blocks              = each.value.cidr == null ? null : [each.value.cidr]
  source_security_group_id = try(aws_security_group.tier[each.value.from].id, null)
}

resource "aws_launch_template" "nat" {
  name_prefix            = "${local.name}-nat-"
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
  instance_type          = local.stack.nat.type
  update_default_version = true

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = local.stack.nat.gigabytes
    }
  }
}

resource "aws_autoscaling_group" "nat" {
  name                = "${local.name}-nat"
  min_size            = 1
  max_size            = 1
  vpc_zone_identifier = data.aws_subnets.this["public"].ids

  launch_template {
    name    = aws_launch_template.nat.name
    version = "$Latest"
  }
}

resource "aws_lb" "api" {
  name               = local.name
  load_balancer_type = "application"
  internal           = false
  subnets            = data.aws_subnets.this["public"].ids
  security_groups    = [aws_security_group.tier["alb"].id]
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.glimpse.contact"
  validation_method = "DNS"
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn = aws_acm_certificate.api.arn
}

resource "aws_lb_listener" "api" {
  for_each          = { HTTPS = 443, HTTP = 80 }
  load_balancer_arn = aws_lb.api.arn
  port              = each.value
  protocol          = each.key
  certificate_arn   = each.key == "HTTPS" ? aws_acm_certificate_validation.api.certificate_arn : null

  default_action {
    type = each.key == "HTTPS" ? "fixed-response" : "redirect"

    dynamic "fixed_response" {
      for_each = each.key == "HTTPS" ? [404] : []
      content {
        content_type = "text/plain"
        status_code  = tostring(fixed_response.value)
      }
    }

    dynamic "redirect" {
      for_each = each.key == "HTTP" ? [443] : []
      content {
        port        = tostring(redirect.value)
        protocol    = "HTTPS"
        status_code = "HTTP_301"
      }
    }
  }
}

resource "aws_lb_target_group" "api" {
  port        = local.stack.api.port
  protocol    = "HTTP"
  target_type = "ip"
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.api["HTTPS"].arn

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern {
      values = ["/*"]
    }
  }
}

resource "aws_ecs_cluster" "this" {
  name = local.name
}

resource "aws_iam_role" "ecs" {
  for_each           = toset(["task", "execution"])
  name               = "${local.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.ecs["execution"].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "files" {
  role = aws_iam_role.ecs["task"].id
  policy = templatefile("${path.module}/policies/files.json.tftpl", {
    verbs     = ["Get", "Put", "Delete"]
    bucket    = local.bucket
    partition = "aws"
  })
}

resource "aws_ecs_task_definition" "api" {
  family                   = "${local.stack.project}-api"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = local.stack.api.cpu
  memory                   = local.stack.api.memory
  task_role_arn            = aws_iam_role.ecs["task"].arn
  execution_role_arn       = aws_iam_role.ecs["execution"].arn
  container_definitions    = jsonencode([{ name = "api", image = "api", portMappings = [{ containerPort = local.stack.api.port }] }])
}

resource "aws_ecs_service" "api" {
  name            = "${local.stack.project}-api"
  cluster         = aws_ecs_cluster.this.name
  task_definition = aws_ecs_task_definition.api.arn_without_revision
  desired_count   = local.stack.api.desired

  dynamic "capacity_provider_strategy" {
    for_each = { FARGATE_SPOT = local.stack.api.spot, FARGATE = 100 - local.stack.api.spot }
    content {
      capacity_provider = capacity_provider_strategy.key
      weight            = capacity_provider_strategy.value
    }
  }

  network_configuration {
    subnets         = data.aws_subnets.this["private"].ids
    security_groups = aws_security_group.tier["ecs"][*].id
  }
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = format("service/%s/%s", aws_ecs_cluster.this.name, aws_ecs_service.api.name)
  min_capacity       = min(local.stack.api.scale...)
  max_capacity       = max(local.stack.api.scale...)
}

resource "aws_db_instance" "this" {
  identifier                  = local.name
  engine                      = local.stack.database.engine
  instance_class              = local.stack.database.class
  allocated_storage           = local.stack.database.gigabytes
  backup_retention_period     = local.stack.database.keep_days
  username                    = local.stack.project
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = [for tier, group in aws_security_group.tier : group.id if tier == "rds"]
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = local.name
  description          = "sessions"
  engine               = local.stack.cache.engine
  node_type            = local.stack.cache.class
  num_cache_clusters   = local.stack.cache.nodes
  security_group_ids   = [lookup({ for tier in local.tiers : tier => aws_security_group.tier[tier].id }, "redis", null)]
}

resource "aws_s3_bucket" "this" {
  for_each = { files = local.bucket, logs = "${local.bucket}-logs" }
  bucket   = each.value
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = aws_s3_bucket.this
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_cloudfront_origin_access_control" "files" {
  name                              = local.bucket
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_cache_policy" "days" {
  for_each    = local.stack.files.days
  name        = "${local.name}-${each.key}"
  min_ttl     = 0
  default_ttl = each.value * local.day
  max_ttl     = 365 * local.day

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

resource "aws_cloudfront_distribution" "files" {
  enabled = true

  origin {
    origin_id                = local.bucket
    domain_name              = aws_s3_bucket.this["files"].bucket_regional_domain_name
    origin_access_control_id = one(aws_cloudfront_origin_access_control.files[*].id)
  }

  default_cache_behavior {
    target_origin_id       = local.bucket
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  dynamic "ordered_cache_behavior" {
    for_each = keys(local.stack.files.days)
    iterator = prefix
    content {
      path_pattern           = "${prefix.value}/*"
      target_origin_id       = local.bucket
      viewer_protocol_policy = "https-only"
      allowed_methods        = ["GET", "HEAD"]
      cached_methods         = ["GET", "HEAD"]
      cache_policy_id        = aws_cloudfront_cache_policy.days[prefix.value].id
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = [for country in local.stack.files.countries : upper(country)]
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

data "aws_iam_policy_document" "files" {
  statement {
    actions   = ["s3:GetObject"]
    resources = [format("%s/*", aws_s3_bucket.this["files"].arn)]
    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.files.arn]
    }
  }
}

resource "aws_s3_bucket_policy" "files" {
  bucket = aws_s3_bucket.this["files"].id
  policy = data.aws_iam_policy_document.files.json
}
