variable "node_type" {}
variable "num_cache_nodes" {}
variable "vpc_id" {}
variable "clients" {}

resource "aws_security_group" "redis" {
  vpc_id = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  count                        = length(var.clients)
  security_group_id            = aws_security_group.redis.id
  referenced_security_group_id = var.clients[count.index]
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_elasticache_cluster" "this" {
  cluster_id         = "glimpse-prod"
  engine             = "redis"
  node_type          = var.node_type
  num_cache_nodes    = var.num_cache_nodes
  security_group_ids = [aws_security_group.redis.id]
}
