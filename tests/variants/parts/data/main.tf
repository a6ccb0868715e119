variable "network" {}

resource "aws_db_instance" "this" {
  identifier                  = "glimpse-prod"
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  backup_retention_period     = 7
  username                    = "glimpse"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = [var.network.groups.rds]
}

resource "aws_elasticache_cluster" "this" {
  cluster_id         = "glimpse-prod"
  engine             = "redis"
  node_type          = "cache.t4g.micro"
  num_cache_nodes    = 1
  security_group_ids = [var.network.groups.redis]
}

output "identifier" {
  value = aws_db_instance.this.identifier
}
