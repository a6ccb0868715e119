# The arguments that the owner's page shows, completed as little as possible: security groups in the root without names,
# the bucket name only in a policy's ARN, three tasks where the table says two.
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

module "networking" {
  source             = "../../modules/networking"
  vpc_cidr           = "10.0.0.0/16"
  availability_zones = ["ap-northeast-2a", "ap-northeast-2c"]
  single_nat_gateway = true
}

module "ecs" {
  source        = "../../modules/ecs"
  task_cpu      = "256"
  task_memory   = "512"
  desired_count = 3
  min_capacity  = 2
  max_capacity  = 20

  subnets        = module.networking.private
  security_group = aws_security_group.ecs.id
  task_role      = aws_iam_role.task.arn
  execution_role = aws_iam_role.ecs_execution_role.arn
}

module "rds" {
  source                  = "../../modules/rds"
  instance_class          = "db.t4g.micro"
  allocated_storage       = 20
  backup_retention_period = 7
  security_groups         = [aws_security_group.rds.id]
}

module "elasticache" {
  source          = "../../modules/elasticache"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 1
  vpc_id          = module.networking.vpc_id
  clients         = [aws_security_group.ecs.id]
}

module "storage" {
  source = "../../modules/storage"
  name   = "glimpse-files-prod"
}

resource "aws_lb" "this" {
  name            = "glimpse-prod"
  subnets         = module.networking.public
  security_groups = [aws_security_group.alb.id]
}

resource "aws_lb_target_group" "colour" {
  for_each    = toset(["blue", "green"])
  port        = 3001
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = module.networking.vpc_id
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:ap-northeast-2:111122223333:certificate/11111111-2222-3333-4444-555555555555"

  default_action {
    type = "forward"
    forward {
      dynamic "target_group" {
        for_each = aws_lb_target_group.colour
        content {
          arn    = target_group.value.arn
          weight = target_group.key == "blue" ? 100 : 0
        }
      }
    }
  }
}

resource "aws_security_group" "alb" {
  vpc_id = module.networking.vpc_id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "ecs" {
  vpc_id = module.networking.vpc_id
  ingress {
    from_port       = 3001
    to_port         = 3001
    protocol        = "tcp"
    security_groups = [aws_security_group.alb.id]
  }
}

resource "aws_security_group" "rds" {
  vpc_id = module.networking.vpc_id
  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.ecs.id]
  }
}

resource "aws_iam_role" "ecs_execution_role" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role" "task" {
  assume_role_policy = aws_iam_role.ecs_execution_role.assume_role_policy
}

resource "aws_iam_policy" "s3_access" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]
      Resource = "arn:aws:s3:::glimpse-files-prod/*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "s3_access" {
  role       = aws_iam_role.task.name
  policy_arn = aws_iam_policy.s3_access.arn
}
