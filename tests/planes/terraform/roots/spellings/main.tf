# Values that the provider writes in its own way while it plans, and empty ones that it takes for none.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_security_group" "blocks" {
  name   = "blocks"
  vpc_id = "vpc-1"

  ingress {
    protocol    = "TCP"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }
  dynamic "ingress" {
    for_each = { 2 = 17, 3 = 50 }
    content {
      protocol    = ingress.value
      from_port   = ingress.key
      to_port     = ingress.key
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
  egress {
    protocol    = "all"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "attributes" {
  name    = "attributes"
  vpc_id  = "vpc-1"
  ingress = []
  egress = [for name in ["ALL"] : {
    protocol         = name
    from_port        = 0
    to_port          = 0
    cidr_blocks      = ["0.0.0.0/0"]
    description      = null
    ipv6_cidr_blocks = null
    prefix_list_ids  = null
    security_groups  = null
    self             = null
  }]
}

resource "aws_default_security_group" "this" {
  vpc_id = "vpc-1"
  ingress {
    protocol  = "All"
    self      = true
    from_port = 0
    to_port   = 0
  }
}

resource "aws_security_group_rule" "this" {
  for_each          = toset(["tcp", "TCP", "6", "17", "all", "-1", "58", "1", "50", "esp"])
  type              = "ingress"
  security_group_id = aws_security_group.blocks.id
  protocol          = each.key
  from_port         = 1
  to_port           = 1
  cidr_blocks       = ["10.0.0.0/8"]
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  security_group_id = aws_security_group.blocks.id
  ip_protocol       = "TCP"
  from_port         = 1
  to_port           = 1
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_route53_zone" "this" {
  for_each = toset(["Example.COM.", "a_b.com", "*.example.net"])
  name     = each.key
}

resource "aws_route53_record" "this" {
  for_each = toset(["WWW.Example.com.", "*.Foo", "", "\\052.x"])
  zone_id  = "Z1"
  name     = each.key
  type     = "CNAME"
  ttl      = 60
  records  = ["Target.Example.COM."]
}

resource "aws_route53_record" "alias" {
  zone_id = "Z1"
  name    = aws_route53_zone.this["Example.COM."].name
  type    = "A"
  alias {
    name                   = "DualStack.ELB.amazonaws.com."
    zone_id                = "Z2"
    evaluate_target_health = false
  }
}

resource "aws_elasticache_cluster" "this" {
  cluster_id         = "redis-a"
  engine             = "redis"
  node_type          = "cache.t4g.micro"
  num_cache_nodes    = 1
  subnet_group_name  = "Sub-Net"
  maintenance_window = "Sun:05:00-Sun:09:00"
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = "Redis-B"
  description          = "Redis"
  maintenance_window   = "Sun:05:00-Sun:09:00"
}

resource "aws_elasticache_subnet_group" "this" {
  name       = "Sub-Net"
  subnet_ids = ["subnet-1"]
}

resource "aws_elasticache_parameter_group" "this" {
  name   = "Param-A"
  family = "redis7"
}

resource "aws_db_instance" "this" {
  identifier             = "main"
  engine                 = "Postgres"
  instance_class         = "db.t4g.micro"
  allocated_storage      = 20
  maintenance_window     = "Mon:00:00-Mon:03:00"
  kms_key_id             = ""
  vpc_security_group_ids = []
  availability_zone      = ""
}

resource "aws_rds_cluster" "this" {
  cluster_identifier           = "main"
  engine                       = "aurora-postgresql"
  preferred_maintenance_window = "Sun:05:00-Sun:06:00"
}

resource "aws_rds_cluster_instance" "this" {
  cluster_identifier           = "main"
  engine                       = "aurora-postgresql"
  instance_class               = "db.r6g.large"
  preferred_maintenance_window = "Sun:05:00-Sun:06:00"
}

resource "aws_docdb_cluster" "this" {
  cluster_identifier           = "documents"
  preferred_maintenance_window = "Sun:05:00-Sun:06:00"
}

resource "aws_docdb_cluster_instance" "this" {
  cluster_identifier           = "documents"
  instance_class               = "db.r6g.large"
  preferred_maintenance_window = "Sun:05:00-Sun:06:00"
}

resource "aws_neptune_cluster" "this" {
  preferred_maintenance_window = "Sun:05:00-Sun:06:00"
}

resource "aws_neptune_cluster_instance" "this" {
  cluster_identifier           = "graph"
  instance_class               = "db.r6g.large"
  preferred_maintenance_window = "Sun:05:00-Sun:06:00"
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier           = "warehouse"
  node_type                    = "ra3.large"
  preferred_maintenance_window = "Sun:05:00-Sun:06:00"
}

resource "aws_acm_certificate" "this" {
  for_each                  = { DNS = ["www.example.com", "*.example.com"], EMAIL = ["a.example.com"] }
  domain_name               = "example.com"
  subject_alternative_names = each.value
  validation_method         = each.key
}

resource "aws_key_pair" "this" {
  key_name   = "main"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5q0oS1g2m4Xh8xWqkq3mJ0c1b7o2rX9uYtq5vZcD3e someone\n"
}

resource "aws_lb_target_group" "this" {
  for_each = toset(["http", "Https"])
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-1"
  health_check {
    protocol = each.key
  }
}

resource "aws_alb_target_group" "this" {
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-1"
  health_check {
    protocol = "http"
  }
}

resource "aws_iam_role" "this" {
  name                = "main"
  description         = ""
  managed_policy_arns = []
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_eip" "this" {
  domain   = "vpc"
  instance = ""
}

resource "aws_subnet" "this" {
  vpc_id            = "vpc-1"
  cidr_block        = "10.0.1.0/24"
  availability_zone = ""
}

resource "aws_instance" "this" {
  ami            = "ami-00000000000000000"
  instance_type  = "t4g.nano"
  ipv6_addresses = []
  key_name       = ""
}

resource "aws_network_interface" "this" {
  subnet_id         = "subnet-1"
  source_dest_check = false
}

resource "aws_instance" "attached" {
  ami               = "ami-00000000000000000"
  instance_type     = "t4g.nano"
  source_dest_check = false
  network_interface {
    network_interface_id = aws_network_interface.this.id
    device_index         = 0
  }
}

resource "aws_ecs_task_definition" "this" {
  family = "main"
  container_definitions = jsonencode([
    {
      name         = "web"
      image        = "nginx:1 <&>"
      cpu          = 0
      memory       = null
      essential    = true
      environment  = [{ name = "Z", value = "1" }, { name = "A", value = "2" }]
      secrets      = [{ name = "Z", valueFrom = "arn:aws:ssm:::z" }, { name = "A", valueFrom = "arn:aws:ssm:::a" }]
      portMappings = [{ containerPort = 80, hostPort = 80, protocol = "tcp" }]
      healthCheck  = { command = ["CMD", "true"], interval = 5, startPeriod = null }
      mountPoints  = []
      dockerLabels = {}
    },
    { name = "agent", image = "agent:1", memory = 128, command = ["b", "a"] },
  ])
}

locals {
  document = <<-JSON
    { "Version": "2012-10-17",
      "Statement": { "Sid": "a<b", "Effect": "Allow", "Resource": "*", "Action": ["sqs:SendMessage"] } }
  JSON
}

resource "aws_iam_policy" "this" {
  name   = "main"
  policy = local.document
}

resource "aws_kms_key" "this" {
  policy = local.document
}

resource "aws_sqs_queue" "this" {
  name   = "main"
  policy = local.document
  tags   = { policy = md5(aws_iam_policy.this.policy) }
}

resource "aws_sns_topic_policy" "this" {
  arn    = "arn:aws:sns:ap-northeast-2:123456789012:main"
  policy = local.document
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "main"
  dashboard_body = "{ \"widgets\": [], \"start\": \"-PT1H\" }"
}
