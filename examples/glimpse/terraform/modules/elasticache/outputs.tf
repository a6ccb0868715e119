output "replication_group_id" {
  description = "Id of the replication group."
  value       = aws_elasticache_replication_group.this.id
}

output "primary_endpoint" {
  description = "Host name of the writing node."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "member_clusters" {
  description = "Nodes, as CloudWatch names them."
  value       = [for index in range(var.num_cache_nodes) : format("%s-%03d", local.group_id, index + 1)]
}

output "security_group_id" {
  description = "Security group of the cache."
  value       = aws_security_group.this.id
}
