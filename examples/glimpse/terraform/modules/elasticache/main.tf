locals {
  group_id  = "${var.name_prefix}-redis"
  family    = "redis${regex("^[0-9]+", var.engine_version)}"
  failover  = var.num_cache_nodes > 1
  redis_tcp = 6379
}

resource "aws_elasticache_subnet_group" "this" {
  name        = local.group_id
  description = "Data subnets of ${var.name_prefix}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name        = local.group_id
  description = "Parameters of ${local.group_id}"
  family      = local.family

  dynamic "parameter" {
    for_each = var.parameters

    content {
      name  = parameter.key
      value = parameter.value
    }
  }
}

resource "aws_security_group" "this" {
  name        = "${var.name_prefix}-redis"
  description = "Cache: reachable from the tasks only"
  vpc_id      = var.vpc_id

  ingress {
    description     = "Redis from the tasks"
    from_port       = local.redis_tcp
    to_port         = local.redis_tcp
    protocol        = "tcp"
    security_groups = [var.client_security_group_id]
  }

  tags = {
    Name = "${var.name_prefix}-redis"
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = local.group_id
  description          = "Sessions and query cache of ${var.name_prefix}"
  engine               = "redis"
  engine_version       = var.engine_version
  node_type            = var.node_type
  num_cache_clusters   = var.num_cache_nodes
  port                 = local.redis_tcp

  subnet_group_name    = aws_elasticache_subnet_group.this.name
  parameter_group_name = aws_elasticache_parameter_group.this.name
  security_group_ids   = [aws_security_group.this.id]

  automatic_failover_enabled = local.failover
  multi_az_enabled           = local.failover
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  auth_token                 = var.auth_token
  auto_minor_version_upgrade = true
  snapshot_retention_limit   = 1
  maintenance_window         = "sun:19:30-sun:20:30"

  lifecycle {
    ignore_changes = [auth_token]
  }
}
