resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = values(module.vpc.subnet_ids["data"])
}

resource "aws_db_parameter_group" "main" {
  name   = "${local.name}-pg15"
  family = "postgres15"

  dynamic "parameter" {
    for_each = var.db.params
    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = parameter.key == "rds.force_ssl" ? "pending-reboot" : "immediate"
    }
  }
}

resource "aws_db_instance" "main" {
  identifier     = "${local.name}-main"
  engine         = "postgres"
  engine_version = "15.7"
  instance_class = local.is_prod ? "db.r6g.large" : var.db.class

  allocated_storage     = var.db.storage
  max_allocated_storage = var.db.storage * 5
  storage_type          = "gp3"
  storage_encrypted     = true

  db_name  = replace(var.project, "-", "_")
  username = "shop_admin"
  password = var.db_password

  multi_az                = coalesce(var.db.multi_az, local.is_prod)
  backup_retention_period = lookup(var.db.retention, var.environment, 1)
  backup_window           = "18:00-19:00"
  maintenance_window      = "sun:19:30-sun:20:30"

  db_subnet_group_name   = aws_db_subnet_group.main.name
  parameter_group_name   = aws_db_parameter_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]

  performance_insights_enabled    = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  deletion_protection       = local.is_prod
  skip_final_snapshot       = !local.is_prod
  final_snapshot_identifier = local.is_prod ? "${local.name}-final" : null
}

resource "aws_elasticache_subnet_group" "main" {
  name       = local.name
  subnet_ids = [for k, id in module.vpc.subnet_ids["data"] : id]
}

resource "aws_elasticache_cluster" "sessions" {
  cluster_id           = "${local.name}-sessions"
  engine               = "redis"
  node_type            = local.is_prod ? "cache.t4g.small" : "cache.t4g.micro"
  num_cache_nodes      = 1
  parameter_group_name = "default.redis7"
  port                 = 6379
  subnet_group_name    = aws_elasticache_subnet_group.main.name
  security_group_ids   = [aws_security_group.db.id]
}

resource "aws_s3_bucket" "logs" {
  bucket = "${local.name}-logs"
}

resource "aws_s3_bucket" "media" {
  bucket = "${local.name}-media-${substr(md5(local.name), 0, 6)}"
  tags   = { Content = "user uploads" }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = data.aws_iam_policy_document.logs.json
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid     = "AlbLogs"
    actions = ["s3:PutObject"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::600734575887:root"]
    }
    resources = ["arn:aws:s3:::${local.name}-logs/alb/*"]
  }

  statement {
    sid     = "TlsOnly"
    effect  = "Deny"
    actions = ["s3:*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    resources = [
      "arn:aws:s3:::${local.name}-logs",
      "arn:aws:s3:::${local.name}-logs/*",
    ]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
