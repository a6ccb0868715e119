# The task role's policy comes of several: sources, an override by sid, a Deny that takes the rest away. Conforming.
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

data "aws_partition" "current" {}

variable "bucket" {
  default = "glimpse-files-prod"
}

data "aws_iam_policy_document" "wide" {
  statement {
    sid       = "Files"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "narrow" {
  statement {
    sid       = "Files"
    actions   = ["s3:*Object"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/*"]
  }
}

data "aws_iam_policy_document" "all" {
  source_policy_documents   = [data.aws_iam_policy_document.wide.json]
  override_policy_documents = [data.aws_iam_policy_document.narrow.json]

  statement {
    effect      = "Deny"
    not_actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources   = ["*"]
  }
}

resource "aws_iam_policy" "all" {
  name_prefix = "glimpse-"
  policy      = data.aws_iam_policy_document.all.json
}

resource "aws_iam_policy_attachment" "all" {
  name       = "glimpse"
  roles      = [aws_iam_role.task.name]
  policy_arn = aws_iam_policy.all.arn
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
