# Items: unknown values in blocks, sets of blocks, dynamic blocks and lists; known lengths; policy documents with parts.
provider "aws" {
  region = "us-east-2"
}

resource "aws_vpc" "this" {
  cidr_block = "10.8.0.0/16"
}

resource "aws_subnet" "this" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)
  availability_zone = "us-east-2${each.key}"
}

resource "aws_eip" "nat" {
  for_each = aws_subnet.this
  domain   = "vpc"
}

resource "aws_nat_gateway" "this" {
  for_each      = aws_subnet.this
  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = each.value.id
}

resource "aws_security_group" "app" {
  name_prefix = "app-"
  vpc_id      = aws_vpc.this.id
  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [aws_security_group.lb.id]
  }
  dynamic "ingress" {
    for_each = aws_eip.nat
    content {
      description = "from ${ingress.key}"
      from_port   = 8080
      to_port     = 8080
      protocol    = "tcp"
      cidr_blocks = ["${ingress.value.public_ip}/32", "10.0.0.0/8"]
    }
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "lb" {
  name   = "lb"
  vpc_id = aws_vpc.this.id
}

resource "aws_lb" "this" {
  name               = "lb"
  load_balancer_type = "application"
  security_groups    = [aws_security_group.lb.id]
  subnets            = values(aws_subnet.this)[*].id
  dynamic "subnet_mapping" {
    for_each = {}
    content {
      subnet_id = subnet_mapping.value
    }
  }
}

resource "aws_network_acl" "this" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for s in aws_subnet.this : s.id]
  dynamic "ingress" {
    for_each = { for i, k in keys(aws_subnet.this) : k => i }
    content {
      rule_no    = 100 + ingress.value * 10
      action     = "allow"
      protocol   = "tcp"
      from_port  = 443
      to_port    = 443
      cidr_block = aws_subnet.this[ingress.key].cidr_block
    }
  }
}

resource "aws_route_table" "private" {
  for_each = aws_nat_gateway.this
  vpc_id   = aws_vpc.this.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = each.value.id
  }
}

resource "aws_kms_key" "this" {
  description = "data"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "App", Effect = "Allow", Principal = { AWS = aws_iam_role.app.arn }, Action = ["kms:Decrypt"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role" "app" {
  name_prefix        = "app-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  inline_policy {
    name   = "inline"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = ["${aws_s3_bucket.data.arn}/*", "arn:aws:s3:::fixed"] }] })
  }
}

resource "aws_s3_bucket" "data" {
  bucket_prefix = "data-"
}

resource "aws_ecs_task_definition" "app" {
  family = "app"
  container_definitions = jsonencode([
    {
      name      = "app"
      image     = "${aws_ecr_repository.app.repository_url}:latest"
      essential = true
      environment = [
        { name = "BUCKET", value = aws_s3_bucket.data.id },
        { name = "MODE", value = "live" },
      ]
    },
    { name = "sidecar", image = "envoy:1", essential = false },
  ])
}

resource "aws_ecr_repository" "app" {
  name = "app"
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "main"
  dashboard_body = jsonencode({
    widgets = [for k, n in aws_nat_gateway.this : { type = "metric", properties = { title = k, metrics = [["AWS/NATGateway", "BytesOut", "NatGatewayId", n.id]] } }]
  })
}

resource "terraform_data" "known_around" {
  input = {
    lengths = [length(aws_subnet.this), length(values(aws_eip.nat)[*].id), length(aws_lb.this.subnets)]
    cidrs   = { for k, s in aws_subnet.this : k => s.cidr_block }
    zones   = values(aws_subnet.this)[*].availability_zone
    vpcs    = distinct(values(aws_subnet.this)[*].vpc_id)
    ports   = [for r in aws_security_group.app.egress : r.from_port]
  }
}
