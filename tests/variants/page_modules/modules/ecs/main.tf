variable "task_cpu" {}
variable "task_memory" {}
variable "desired_count" {}
variable "min_capacity" {}
variable "max_capacity" {}
variable "subnets" {}
variable "security_group" {}
variable "task_role" {}
variable "execution_role" {}

resource "aws_ecs_cluster" "this" {
  name = "glimpse-prod"
}

resource "aws_ecs_task_definition" "api" {
  family                   = "glimpse-api"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = var.task_cpu
  memory                   = var.task_memory
  task_role_arn            = var.task_role
  execution_role_arn       = var.execution_role
  container_definitions    = jsonencode([{ name = "api", image = "glimpse-api:latest", essential = true }])
}

resource "aws_ecs_service" "api" {
  name            = "glimpse-api"
  cluster         = aws_ecs_cluster.this.arn
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = var.desired_count

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 90
    base              = 0
  }

  network_configuration {
    subnets         = var.subnets
    security_groups = [var.security_group]
  }
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = join("/", ["service", aws_ecs_cluster.this.name, aws_ecs_service.api.name])
  min_capacity       = var.min_capacity
  max_capacity       = var.max_capacity
}
