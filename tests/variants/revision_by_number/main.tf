# The service pins a revision by number: whether it is the one in this tree cannot be told.
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

module "balancer" {
  source  = "../parts/balancer"
  network = module.network
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
  task_definition = "glimpse-api:7"
  desired_count   = 2

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 90
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 10
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
