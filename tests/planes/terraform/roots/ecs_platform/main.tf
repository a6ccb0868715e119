# Items: services as YAML files (fileset, yamldecode), container definitions, ALB rules, auto scaling, for_each over objects.
provider "aws" {
  region = "ap-northeast-2"
  default_tags {
    tags = { Stack = "ecs", ManagedBy = "terraform" }
  }
}

variable "environment" {
  type    = string
  default = "prod"
}

variable "image_tags" {
  type    = map(string)
  default = { api = "1.9.0" }
}

variable "subnet_ids" {
  type    = list(string)
  default = ["subnet-a", "subnet-b"]
}

locals {
  raw = {
    for file in fileset("${path.module}/services", "*.yaml") :
    trimsuffix(file, ".yaml") => yamldecode(file("${path.module}/services/${file}"))
  }
  defaults = yamldecode(<<-YAML
    cpu: 256
    memory: 512
    desired: 1
    env: {}
    secrets: []
    capacity:
      FARGATE: 1
  YAML
  )
  services = { for name, s in local.raw : name => merge(local.defaults, s, { name = name }) if lookup(s, "enabled", true) }
  exposed  = { for name, s in local.services : name => s if can(s.listener.path) }
  rules = flatten([
    for name, s in local.exposed : [
      for index, path in flatten([s.listener.path]) : {
        key      = "${name}-${index}"
        service  = name
        path     = path
        priority = 100 * (index(sort(keys(local.exposed)), name) + 1) + index
      }
    ]
  ])
  containers = {
    for name, s in local.services : name => concat(
      [{
        name         = name
        image        = "${lookup(s, "repository", "registry.example.com/${name}")}:${try(var.image_tags[name], "latest")}"
        essential    = true
        portMappings = [for p in try(s.ports, []) : { containerPort = p, hostPort = p, protocol = "tcp" }]
        environment  = [for k in sort(keys(s.env)) : { name = k, value = tostring(s.env[k]) }]
        secrets      = [for k in s.secrets : { name = upper(k), valueFrom = "arn:aws:ssm:ap-northeast-2:111122223333:parameter/${var.environment}/${k}" }]
        logConfiguration = {
          logDriver = "awslogs"
          options = {
            "awslogs-group"         = aws_cloudwatch_log_group.service[name].name
            "awslogs-region"        = data.aws_region.current.name
            "awslogs-stream-prefix" = name
          }
        }
      }],
      lookup(s, "sidecar", null) == null ? [] : [{ name = "sidecar", image = s.sidecar, essential = false }]
    )
  }
}

data "aws_region" "current" {}

resource "aws_ecs_cluster" "this" {
  name = "main-${var.environment}"
  setting {
    name  = "containerInsights"
    value = var.environment == "prod" ? "enabled" : "disabled"
  }
  configuration {
    execute_command_configuration {
      logging = "OVERRIDE"
      log_configuration {
        cloud_watch_log_group_name = "/ecs/exec"
      }
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  dynamic "default_capacity_provider_strategy" {
    for_each = { FARGATE = { base = 1, weight = 1 }, FARGATE_SPOT = { weight = 4 } }
    content {
      capacity_provider = default_capacity_provider_strategy.key
      base              = lookup(default_capacity_provider_strategy.value, "base", null)
      weight            = default_capacity_provider_strategy.value.weight
    }
  }
}

resource "aws_cloudwatch_log_group" "service" {
  for_each          = local.services
  name              = "/ecs/${var.environment}/${each.key}"
  retention_in_days = { prod = 90, dev = 7 }[var.environment]
}

resource "aws_ecs_task_definition" "service" {
  for_each                 = local.services
  family                   = "${each.key}-${var.environment}"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::111122223333:role/execution"
  container_definitions    = jsonencode(local.containers[each.key])

  runtime_platform {
    cpu_architecture        = try(each.value.arm, false) ? "ARM64" : "X86_64"
    operating_system_family = "LINUX"
  }

  dynamic "volume" {
    for_each = try(each.value.volumes, {})
    content {
      name = volume.key
      dynamic "efs_volume_configuration" {
        for_each = volume.value == null ? [] : [volume.value]
        iterator = efs
        content {
          file_system_id     = efs.value.id
          root_directory     = try(efs.value.root, "/")
          transit_encryption = "ENABLED"
          dynamic "authorization_config" {
            for_each = try([efs.value.access_point], [])
            content {
              access_point_id = authorization_config.value
              iam             = "ENABLED"
            }
          }
        }
      }
    }
  }
}

resource "aws_ecs_service" "service" {
  for_each                           = local.services
  name                               = each.key
  cluster                            = aws_ecs_cluster.this.name
  task_definition                    = aws_ecs_task_definition.service[each.key].family
  desired_count                      = each.value.desired
  deployment_minimum_healthy_percent = each.value.desired > 1 ? 50 : 100
  enable_execute_command             = var.environment != "prod"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.service.name]
    assign_public_ip = false
  }

  dynamic "capacity_provider_strategy" {
    for_each = each.value.capacity
    content {
      capacity_provider = capacity_provider_strategy.key
      weight            = capacity_provider_strategy.value
    }
  }

  dynamic "load_balancer" {
    for_each = [for s in [each.value] : s if contains(keys(local.exposed), s.name)]
    content {
      target_group_arn = aws_lb_target_group.service[load_balancer.value.name].arn
      container_name   = load_balancer.value.name
      container_port   = load_balancer.value.ports[0]
    }
  }

  lifecycle {
    ignore_changes = [desired_count, task_definition]
  }
}

resource "aws_security_group" "service" {
  name = "services"
}

resource "aws_vpc_security_group_ingress_rule" "service" {
  for_each          = { for p in distinct(flatten([for s in local.services : try(s.ports, [])])) : tostring(p) => p }
  security_group_id = aws_security_group.service.id
  cidr_ipv4         = "10.0.0.0/8"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  description       = "port ${each.key}"
}

resource "aws_lb" "this" {
  name               = "main-${var.environment}"
  load_balancer_type = "application"
  subnets            = var.subnet_ids
  idle_timeout       = 120
  access_logs {
    bucket  = "logs"
    enabled = true
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:ap-northeast-2:111122223333:certificate/abc"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "no such path"
      status_code  = "404"
    }
  }
}

resource "aws_lb_target_group" "service" {
  for_each             = local.exposed
  name                 = substr("${each.key}-${var.environment}", 0, 32)
  port                 = each.value.ports[0]
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = "vpc-1"
  deregistration_delay = try(each.value.listener.drain, 30)
  health_check {
    path                = try(each.value.listener.health, "/health")
    matcher             = join(",", try(each.value.listener.codes, ["200"]))
    interval            = 15
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener_rule" "service" {
  for_each     = { for rule in local.rules : rule.key => rule }
  listener_arn = aws_lb_listener.https.arn
  priority     = each.value.priority
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service[each.value.service].arn
  }
  condition {
    path_pattern {
      values = [each.value.path]
    }
  }
  dynamic "condition" {
    for_each = try(local.services[each.value.service].listener.hosts, null) == null ? [] : [1]
    content {
      host_header {
        values = local.services[each.value.service].listener.hosts
      }
    }
  }
}

resource "aws_appautoscaling_target" "service" {
  for_each           = { for name, s in local.services : name => s.scaling if can(s.scaling) }
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${each.key}"
  min_capacity       = each.value.min
  max_capacity       = max(each.value.max, each.value.min)
}

resource "aws_appautoscaling_policy" "service" {
  for_each = merge([
    for name, target in aws_appautoscaling_target.service : {
      for metric, value in local.services[name].scaling.targets : "${name}/${metric}" => {
        target = target
        metric = metric
        value  = value
      }
    }
  ]...)
  name               = replace(each.key, "/", "-")
  policy_type        = "TargetTrackingScaling"
  resource_id        = each.value.target.resource_id
  scalable_dimension = each.value.target.scalable_dimension
  service_namespace  = each.value.target.service_namespace
  target_tracking_scaling_policy_configuration {
    target_value       = each.value.value
    scale_in_cooldown  = 300
    scale_out_cooldown = 60
    predefined_metric_specification {
      predefined_metric_type = each.value.metric == "cpu" ? "ECSServiceAverageCPUUtilization" : "ECSServiceAverageMemoryUtilization"
    }
  }
}
