variable "name" { type = string }
variable "cluster" { type = string }
variable "image" { type = string }
variable "region" { type = string }
variable "vpc_id" { type = string }
variable "subnets" { type = list(string) }

variable "config" {
  type = object({
    port        = optional(number)
    cpu         = number
    memory      = number
    count       = number
    health_path = string
    spot        = bool
    autoscale   = optional(object({ min = number, max = number, cpu = number, mem = optional(number) }))
  })
}

variable "lb_group" {
  type    = string
  default = null
}

variable "environment" {
  type    = map(string)
  default = {}
}

variable "secrets" {
  type    = map(string)
  default = {}
}

locals {
  exposed = var.config.port != null
  tracked = var.config.autoscale == null ? {} : {
    for metric, target in { ECSServiceAverageCPUUtilization = var.config.autoscale.cpu, ECSServiceAverageMemoryUtilization = var.config.autoscale.mem } :
    metric => target if target != null
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = 30
}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.vpc_id

  dynamic "ingress" {
    for_each = local.exposed ? [var.config.port] : []
    content {
      from_port       = ingress.value
      to_port         = ingress.value
      protocol        = "tcp"
      security_groups = compact([var.lb_group])
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb_target_group" "this" {
  count = local.exposed ? 1 : 0

  name        = substr(replace(var.name, "_", "-"), 0, 32)
  port        = var.config.port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc_id

  health_check {
    path                = var.config.health_path
    matcher             = "200-399"
    healthy_threshold   = 2
    unhealthy_threshold = "5"
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.config.cpu
  memory                   = var.config.memory
  execution_role_arn       = aws_iam_role.execution.arn

  container_definitions = jsonencode([
    {
      name      = var.name
      image     = var.image
      essential = true
      portMappings = local.exposed ? [
        { containerPort = var.config.port, protocol = "tcp" }
      ] : []
      environment = [for k, v in var.environment : { name = k, value = v }]
      secrets     = [for k, v in var.secrets : { name = k, valueFrom = v }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "ecs"
        }
      }
    }
  ])
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.config.count

  dynamic "capacity_provider_strategy" {
    for_each = var.config.spot ? ["FARGATE_SPOT"] : ["FARGATE"]
    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = 1
      base              = capacity_provider_strategy.value == "FARGATE" ? 1 : 0
    }
  }

  network_configuration {
    subnets         = var.subnets
    security_groups = [aws_security_group.this.id]
  }

  dynamic "load_balancer" {
    for_each = aws_lb_target_group.this
    content {
      target_group_arn = load_balancer.value.arn
      container_name   = var.name
      container_port   = load_balancer.value.port
    }
  }
}

resource "aws_appautoscaling_target" "this" {
  count              = var.config.autoscale == null ? 0 : 1
  min_capacity       = var.config.autoscale.min
  max_capacity       = var.config.autoscale.max
  resource_id        = "service/${var.cluster}/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}

resource "aws_appautoscaling_policy" "this" {
  for_each           = local.tracked
  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.this[0].resource_id
  scalable_dimension = one(aws_appautoscaling_target.this[*].scalable_dimension)
  service_namespace  = one(aws_appautoscaling_target.this).service_namespace

  target_tracking_scaling_policy_configuration {
    target_value = each.value
    predefined_metric_specification {
      predefined_metric_type = each.key
    }
  }
}

resource "aws_iam_role" "execution" {
  name = "${var.name}-execution"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "secrets" {
  count = length(var.secrets) > 0 ? 1 : 0
  name  = "secrets"
  role  = aws_iam_role.execution.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ssm:GetParameters"]
      Resource = values(var.secrets)
    }]
  })
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

output "target_group_arn" { value = one(aws_lb_target_group.this[*].arn) }
output "security_group_id" { value = aws_security_group.this.id }
output "log_group" { value = aws_cloudwatch_log_group.this.name }
