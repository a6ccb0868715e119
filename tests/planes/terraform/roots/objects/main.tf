# A catalogue of services as companies write it: objects with optional parts, merged with defaults, flattened.
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Owner = "platform" }
  }
}

variable "environment" {
  type    = string
  default = "prod"
  validation {
    condition     = contains(["dev", "stage", "prod"], var.environment)
    error_message = "Unknown environment ${var.environment}."
  }
}

variable "services" {
  type = map(object({
    image  = string
    cpu    = optional(number, 256)
    memory = optional(number)
    ports  = optional(list(number), [])
    env    = optional(map(string), {})
    scaling = optional(object({
      min = number
      max = optional(number, 4)
    }))
    alarms = optional(map(object({
      metric    = string
      threshold = number
    })), {})
  }))
  default = {
    api = {
      image   = "api:1"
      cpu     = 512
      memory  = 1024
      ports   = [3001, 9090]
      env     = { LOG = "debug", PORT = "3001" }
      scaling = { min = 2 }
      alarms = {
        cpu    = { metric = "CPUUtilization", threshold = 80 }
        memory = { metric = "MemoryUtilization", threshold = 85.5 }
      }
    }
    worker = {
      image = "worker:2"
      env   = { LOG = null }
    }
  }
}

locals {
  prefix   = join("-", compact(["glimpse", var.environment, ""]))
  defaults = { LOG = "info", ENV = var.environment }
  prod     = var.environment == "prod"

  definitions = {
    for name, s in var.services : name => {
      name      = name
      image     = s.image
      cpu       = s.cpu
      memory    = coalesce(s.memory, s.cpu * 2)
      essential = true
      portMappings = [
        for p in s.ports : { containerPort = p, protocol = "tcp" }
      ]
      environment = [
        for k, v in merge(local.defaults, { for k, v in s.env : k => v if v != null }) : { name = k, value = v }
      ]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this[name].name
          awslogs-region        = "eu-west-1"
          awslogs-stream-prefix = name
        }
      }
    }
  }

  alarms = merge(flatten([
    for name, s in var.services : [
      for key, alarm in s.alarms : {
        "${name}/${key}" = merge(alarm, { service = name })
      }
    ]
  ])...)

  scaled = { for name, s in var.services : name => s.scaling if s.scaling != null }
  ports  = distinct(flatten(values(var.services)[*].ports))
  first  = try(var.services["missing"].ports[0], var.services["api"].ports[0], 0)
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = var.services
  name              = "/${local.prefix}/${each.key}"
  retention_in_days = local.prod ? 30 : 7
}

resource "aws_ecs_cluster" "this" {
  name = local.prefix
  dynamic "setting" {
    for_each = local.prod ? { containerInsights = "enabled" } : {}
    content {
      name  = setting.key
      value = setting.value
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = var.services
  family                   = "${local.prefix}-${each.key}"
  cpu                      = each.value.cpu
  memory                   = coalesce(each.value.memory, each.value.cpu * 2)
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  container_definitions    = jsonencode([local.definitions[each.key]])
}

resource "aws_ecs_service" "this" {
  for_each        = var.services
  name            = each.key
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this[each.key].arn
  desired_count   = try(each.value.scaling.min, 1)

  dynamic "capacity_provider_strategy" {
    for_each = { FARGATE_SPOT = 3, FARGATE = 1 }
    iterator = provider
    content {
      capacity_provider = provider.key
      weight            = provider.value
    }
  }

  lifecycle {
    ignore_changes = [desired_count]
  }
}

resource "aws_appautoscaling_target" "this" {
  for_each           = local.scaled
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this[each.key].name}"
  min_capacity       = each.value.min
  max_capacity       = each.value.max
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = replace(each.key, "/", "-")
  metric_name         = each.value.metric
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  namespace           = "AWS/ECS"
  period              = 60
  statistic           = "Average"
  dimensions          = { ServiceName = each.value.service, ClusterName = aws_ecs_cluster.this.name }
  tags                = { Service = title(each.value.service) }
}

module "service" {
  source   = "./modules/service"
  for_each = { for name, s in var.services : name => s if length(s.ports) > 0 }
  name     = each.key
  config   = each.value
  targets = {
    for p in each.value.ports : p => { port = p, arn = aws_ecs_service.this[each.key].id }
  }
}

resource "terraform_data" "summary" {
  input = {
    ports   = local.ports
    first   = local.first
    one     = one([for k, m in module.service : m.summary if k == "api"])
    names   = { for k, m in module.service : k => m.names }
    lookup  = lookup({ a = { image = "x" } }, "nope", { image = "none" })
    sums    = sum(values(aws_ecs_task_definition.this)[*].cpu)
    chunks  = chunklist(sort(keys(local.alarms)), 1)
    setprod = setproduct(keys(var.services), ["a", "b"])
    transp  = transpose({ a = ["1", "2"], b = ["2"] })
  }
}
