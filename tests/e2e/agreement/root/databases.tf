resource "aws_db_subnet_group" "main" {
  name        = "main"
  description = "of the agreement"
  subnet_ids  = aws_subnet.private[*].id
  tags        = { Name = "main" }
}

resource "aws_db_parameter_group" "main" {
  name        = "main"
  family      = "postgres16"
  description = "of the agreement"

  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }
  parameter {
    name         = "max_connections"
    value        = "80"
    apply_method = "pending-reboot"
  }
}

resource "aws_rds_cluster_parameter_group" "main" {
  name   = "cluster"
  family = "aurora-postgresql16"

  parameter {
    name  = "log_statement"
    value = "ddl"
  }
  tags = { Name = "cluster" }
}

resource "aws_db_option_group" "main" {
  name                     = "main"
  engine_name              = "mysql"
  major_engine_version     = "8.0"
  option_group_description = "of the agreement"
  tags                     = { Name = "main" }
}

# No aws_db_instance: moto gives every instance the same DbiResourceId, by which the provider reads one. The example has one.

resource "aws_rds_cluster" "main" {
  cluster_identifier                  = "main"
  engine                              = "aurora-postgresql"
  engine_version                      = "16.4"
  database_name                       = "app"
  master_username                     = "app"
  master_password                     = "placeholder-1"
  db_subnet_group_name                = aws_db_subnet_group.main.name
  db_cluster_parameter_group_name     = aws_rds_cluster_parameter_group.main.name
  vpc_security_group_ids              = [aws_security_group.split.id]
  backup_retention_period             = 5
  preferred_backup_window             = "03:00-04:00"
  preferred_maintenance_window        = "sun:05:00-sun:06:00"
  storage_encrypted                   = true
  copy_tags_to_snapshot               = true
  deletion_protection                 = true
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  skip_final_snapshot                 = true

  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 4
  }
  tags = { Name = "main" }
}

resource "aws_rds_cluster_instance" "main" {
  count                = 2
  identifier           = "main-${count.index}"
  cluster_identifier   = aws_rds_cluster.main.id
  engine               = aws_rds_cluster.main.engine
  engine_version       = aws_rds_cluster.main.engine_version
  instance_class       = "db.serverless"
  db_subnet_group_name = aws_db_subnet_group.main.name
  promotion_tier       = count.index
  tags                 = { Name = "main-${count.index}" }
}

resource "aws_rds_cluster_role_association" "main" {
  db_cluster_identifier = aws_rds_cluster.main.id
  feature_name          = "s3Import"
  role_arn              = aws_iam_role.service.arn
}

resource "aws_elasticache_subnet_group" "main" {
  name        = "main"
  description = "of the agreement"
  subnet_ids  = aws_subnet.private[*].id
  tags        = { Name = "main" }
}

resource "aws_elasticache_parameter_group" "main" {
  name        = "main"
  family      = "redis7"
  description = "of the agreement"

  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
  tags = { Name = "main" }
}

resource "aws_elasticache_cluster" "main" {
  cluster_id               = "main"
  engine                   = "redis"
  engine_version           = "7.1"
  node_type                = "cache.t4g.micro"
  num_cache_nodes          = 1
  port                     = 6379
  parameter_group_name     = aws_elasticache_parameter_group.main.name
  subnet_group_name        = aws_elasticache_subnet_group.main.name
  security_group_ids       = [aws_security_group.split.id]
  maintenance_window       = "sun:05:00-sun:06:00"
  snapshot_retention_limit = 2
  snapshot_window          = "03:00-04:00"
  tags                     = { Name = "main" }
}

resource "aws_elasticache_replication_group" "main" {
  replication_group_id       = "replicated"
  description                = "of the agreement"
  engine                     = "redis"
  engine_version             = "7.1"
  parameter_group_name       = aws_elasticache_parameter_group.main.name
  node_type                  = "cache.t4g.micro"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.split.id]
  tags                       = { Name = "replicated" }
}

resource "aws_elasticache_user" "app" {
  user_id       = "app"
  user_name     = "app"
  engine        = "redis"
  access_string = "on ~app:* -@all +@read"

  authentication_mode {
    type = "no-password-required"
  }
}
