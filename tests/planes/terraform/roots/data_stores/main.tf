# Items: databases of many kinds; dynamic nested blocks from optional attributes, null arguments, set blocks, maps of lists.
provider "aws" {
  region = "eu-central-1"
}

variable "tables" {
  type = map(object({
    hash     = string
    range    = optional(string)
    types    = optional(map(string), {})
    indexes  = optional(list(object({ name = string, hash = string, range = optional(string), projection = optional(string, "ALL"), fields = optional(list(string)) })), [])
    ttl      = optional(string)
    stream   = optional(string)
    pitr     = optional(bool, true)
    capacity = optional(object({ read = number, write = number }))
    replicas = optional(set(string), [])
  }))
  default = {
    users = {
      hash    = "id"
      indexes = [{ name = "by-mail", hash = "mail" }, { name = "by-team", hash = "team", range = "joined", projection = "INCLUDE", fields = ["name"] }]
      types   = { joined = "N" }
      stream  = "NEW_AND_OLD_IMAGES"
    }
    sessions = { hash = "token", range = "created", types = { created = "N" }, ttl = "expires", pitr = false, capacity = { read = 5, write = 2 } }
  }
}

variable "parameters" {
  type    = map(list(string))
  default = { static = ["shared_preload_libraries=pg_stat_statements,auto_explain", "max_connections=500"], dynamic = ["log_min_duration_statement=250"] }
}

locals {
  attributes = {
    for name, t in var.tables : name => {
      for a in distinct(compact(concat([t.hash, t.range], t.indexes[*].hash, t.indexes[*].range))) : a => lookup(t.types, a, "S")
    }
  }
  parameters = flatten([for kind, list in var.parameters : [for p in list : { kind = kind, name = split("=", p)[0], value = split("=", p)[1] }]])
  backup     = { window = "02:00-03:00", days = 14 }
}

resource "aws_dynamodb_table" "this" {
  for_each         = var.tables
  name             = each.key
  billing_mode     = each.value.capacity == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  hash_key         = each.value.hash
  range_key        = each.value.range
  read_capacity    = try(each.value.capacity.read, null)
  write_capacity   = try(each.value.capacity.write, null)
  stream_enabled   = each.value.stream != null
  stream_view_type = each.value.stream

  dynamic "attribute" {
    for_each = local.attributes[each.key]
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = { for i in each.value.indexes : i.name => i }
    iterator = index
    content {
      name               = index.key
      hash_key           = index.value.hash
      range_key          = index.value.range
      projection_type    = index.value.projection
      non_key_attributes = index.value.fields
    }
  }

  dynamic "ttl" {
    for_each = each.value.ttl[*]
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = each.value.pitr
  }

  server_side_encryption {
    enabled = true
  }
}

resource "aws_rds_cluster_parameter_group" "this" {
  name   = "aurora-pg16"
  family = "aurora-postgresql16"
  dynamic "parameter" {
    for_each = local.parameters
    content {
      name         = parameter.value.name
      value        = parameter.value.value
      apply_method = parameter.value.kind == "static" ? "pending-reboot" : "immediate"
    }
  }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier              = "orders"
  engine                          = "aurora-postgresql"
  engine_version                  = "16.4"
  database_name                   = "orders"
  master_username                 = "root"
  manage_master_user_password     = true
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name
  backup_retention_period         = local.backup.days
  preferred_backup_window         = local.backup.window
  enabled_cloudwatch_logs_exports = ["postgresql"]
  storage_encrypted               = true
  deletion_protection             = true
  skip_final_snapshot             = true
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 16
  }
}

resource "aws_rds_cluster_instance" "this" {
  for_each                     = { writer = 0, reader = 1 }
  identifier                   = "orders-${each.key}"
  cluster_identifier           = aws_rds_cluster.this.cluster_identifier
  engine                       = aws_rds_cluster.this.engine
  engine_version               = aws_rds_cluster.this.engine_version
  instance_class               = "db.serverless"
  promotion_tier               = each.value
  performance_insights_enabled = true
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = "sessions"
  description                = "sessions of ${length(var.tables)} tables"
  engine                     = "redis"
  node_type                  = "cache.t4g.small"
  num_node_groups            = 2
  replicas_per_node_group    = 1
  automatic_failover_enabled = true
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  log_delivery_configuration {
    destination      = "redis-slow"
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "slow-log"
  }
  log_delivery_configuration {
    destination      = "redis-engine"
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "engine-log"
  }
}

resource "aws_elasticache_parameter_group" "this" {
  name   = "redis7"
  family = "redis7"
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
  parameter {
    name  = "notify-keyspace-events"
    value = "Ex"
  }
}

resource "aws_elasticache_subnet_group" "this" {
  name       = "cache"
  subnet_ids = ["subnet-b", "subnet-a"]
}

resource "aws_opensearch_domain" "this" {
  domain_name    = "search"
  engine_version = "OpenSearch_2.13"
  cluster_config {
    instance_type            = "r6g.large.search"
    instance_count           = 3
    dedicated_master_enabled = true
    dedicated_master_count   = 3
    dedicated_master_type    = "m6g.large.search"
    zone_awareness_enabled   = true
    zone_awareness_config {
      availability_zone_count = 3
    }
  }
  ebs_options {
    ebs_enabled = true
    volume_size = 100
    volume_type = "gp3"
    iops        = 3000
  }
  dynamic "log_publishing_options" {
    for_each = toset(["INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS"])
    content {
      log_type                 = log_publishing_options.value
      cloudwatch_log_group_arn = "arn:aws:logs:eu-central-1:111122223333:log-group:/search/${lower(replace(log_publishing_options.value, "_", "-"))}"
    }
  }
  encrypt_at_rest {
    enabled = true
  }
  node_to_node_encryption {
    enabled = true
  }
  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
  }
  advanced_options = {
    "rest.action.multi.allow_explicit_index" = "true"
    "indices.query.bool.max_clause_count"    = 2048
  }
}

resource "aws_docdb_cluster" "this" {
  cluster_identifier              = "catalog"
  engine                          = "docdb"
  master_username                 = "root"
  master_password                 = "changed-elsewhere"
  skip_final_snapshot             = true
  enabled_cloudwatch_logs_exports = ["audit", "profiler"]
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier     = "warehouse"
  node_type              = "ra3.xlplus"
  number_of_nodes        = 2
  cluster_type           = "multi-node"
  master_username        = "root"
  manage_master_password = true
  skip_final_snapshot    = true
  encrypted              = true
}

resource "aws_db_event_subscription" "this" {
  name             = "rds-events"
  sns_topic        = "arn:aws:sns:eu-central-1:111122223333:ops"
  source_type      = "db-cluster"
  source_ids       = [aws_rds_cluster.this.id]
  event_categories = ["failover", "failure", "maintenance"]
}

resource "aws_db_option_group" "this" {
  name                 = "mysql-audit"
  engine_name          = "mysql"
  major_engine_version = "8.0"
  option {
    option_name = "MARIADB_AUDIT_PLUGIN"
    dynamic "option_settings" {
      for_each = { SERVER_AUDIT_EVENTS = "CONNECT,QUERY", SERVER_AUDIT_FILE_ROTATIONS = 37 }
      content {
        name  = option_settings.key
        value = option_settings.value
      }
    }
  }
}
