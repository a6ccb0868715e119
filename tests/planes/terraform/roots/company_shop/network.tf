module "vpc" {
  source = "./modules/vpc"

  name    = local.name
  cidr    = var.vpc_cidr
  subnets = local.subnets
  nat     = local.is_prod ? length(var.availability_zones) : 1
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = module.vpc.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = module.vpc.private_route_table_ids
}

resource "aws_security_group" "alb" {
  name        = "${local.name}-alb"
  description = "Load balancer"
  vpc_id      = module.vpc.id

  dynamic "ingress" {
    for_each = [80, 443]
    content {
      description      = ingress.value == 80 ? "redirect" : "https"
      from_port        = ingress.value
      to_port          = ingress.value
      protocol         = "tcp"
      cidr_blocks      = ["0.0.0.0/0"]
      ipv6_cidr_blocks = ["::/0"]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = {
    Name = "${local.name}-alb"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "db" {
  name   = "${local.name}-db"
  vpc_id = module.vpc.id
}

resource "aws_security_group_rule" "db_from_service" {
  for_each = module.service

  type                     = "ingress"
  security_group_id        = aws_security_group.db.id
  source_security_group_id = each.value.security_group_id
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
  description              = "from ${each.key}"
}

/* resource "aws_instance" "old_bastion" {
  ami = "ami-1"
} */

resource "aws_instance" "bastion" {
  count = var.enable_bastion ? 1 : 0

  ami           = "ami-00000000000000000"
  instance_type = "t4g.nano"
  subnet_id     = element(values(module.vpc.subnet_ids["public"]), count.index)
}
