# An internal load balancer of another team, in no way connected with the service. Conforming.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "ap-northeast-2"
}

module "network" {
  source = "../parts/network"
}

module "outbound" {
  source  = "../parts/outbound"
  network = module.network
}

module "data" {
  source  = "../parts/data"
  network = module.network
}

module "files" {
  source = "../parts/files"
}

resource "aws_lb" "api" {
  name            = "glimpse-prod"
  subnets         = module.network.subnets
  security_groups = [module.network.groups.alb]
}

resource "aws_lb_target_group" "api" {
  port        = 3001
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = module.network.vpc_id
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.api.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:ap-northeast-2:111122223333:certificate/11111111-2222-3333-4444-555555555555"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_security_group" "intranet" {
  vpc_id = module.network.vpc_id

  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_lb" "intranet" {
  name            = "intranet"
  internal        = true
  subnets         = module.network.subnets
  security_groups = [aws_security_group.intranet.id]
}

# What is not open to the internet may forward in plain text.
resource "aws_lb_listener" "intranet" {
  load_balancer_arn = aws_lb.intranet.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_iam_role" "task" {
  name               = "glimpse-prod-task"
  assume_role_policy = <<-JSON
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
     "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}
  JSON
}

resource "aws_iam_policy" "files" {
  name   = "glimpse-prod-files"
  policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:getobject", "s3:PutObject", "s3:DeleteObject"],
    "Resource": "arn:aws:s3:::glimpse-files-prod/*"
  }
}
JSON
}

resource "aws_iam_role_policy_attachment" "files" {
  role       = aws_iam_role.task.name
  policy_arn = aws_iam_policy.files.arn
}

resource "aws_ecs_cluster" "main" {
  name = "glimpse-prod"
}

resource "aws_ecs_task_definition" "api" {
  family                   = "glimpse-api"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "256"
  memory                   = "512"
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = file("${path.module}/containers.json")
}

resource "aws_ecs_service" "api" {
  name            = "glimpse-api"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 2

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 90
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 10
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = 3001
  }

  network_configuration {
    subnets         = module.network.subnets
    security_groups = [module.network.groups["ecs"]]
  }
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/glimpse-prod/glimpse-api"
  min_capacity       = 2
  max_capacity       = 20
}
