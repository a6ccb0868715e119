locals {
  identifier = "${var.name_prefix}-postgres"
  family     = "postgres${element(split(".", var.engine_version), 0)}"
  port       = 5432
}

resource "aws_db_subnet_group" "this" {
  name        = local.identifier
  description = "Data subnets of ${var.name_prefix}"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name        = local.identifier
  description = "Parameters of ${local.identifier}"
  family      = local.family

  dynamic "parameter" {
    for_each = var.parameters

    content {
      name         = parameter.value.name
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "this" {
  name        = "${var.name_prefix}-rds"
  description = "Database: reachable from the tasks only"
  vpc_id      = var.vpc_id

  tags = {
    Name = "${var.name_prefix}-rds"
  }
}

resource "aws_security_group_rule" "clients" {
  for_each = var.client_security_group_ids

  type                     = "ingress"
  security_group_id        = aws_security_group.this.id
  source_security_group_id = each.value
  description              = "PostgreSQL from ${each.key}"
  protocol                 = "tcp"
  from_port                = local.port
  to_port                  = local.port
}

resource "aws_db_instance" "this" {
  identifier     = local.identifier
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  allocated_storage = var.allocated_storage
  storage_type      = "gp3"
  storage_encrypted = true

  db_name  = var.database_name
  username = var.username
  password = var.password
  port     = local.port

  db_subnet_group_name   = aws_db_subnet_group.this.name
  parameter_group_name   = aws_db_parameter_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  multi_az               = false

  backup_retention_period   = var.backup_retention_period
  backup_window             = "17:00-18:00"
  maintenance_window        = "sun:18:30-sun:19:30"
  copy_tags_to_snapshot     = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "${local.identifier}-final"

  auto_minor_version_upgrade      = true
  deletion_protection             = var.deletion_protection
  enabled_cloudwatch_logs_exports = ["postgresql"]

  # the password is rotated outside of Terraform
  lifecycle {
    ignore_changes = [password]
  }
}
