output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "public_subnet_ids" {
  description = "Subnets for what the internet may reach."
  value       = [for key, subnet in aws_subnet.this : subnet.id if local.subnets[key].tier == "public"]
}

output "private_subnet_ids" {
  description = "Subnets for the tasks."
  value       = [for key, subnet in aws_subnet.this : subnet.id if local.subnets[key].tier == "private"]
}

output "data_subnet_ids" {
  description = "Subnets for database and cache."
  value       = [for key, subnet in aws_subnet.this : subnet.id if local.subnets[key].tier == "data"]
}

output "nat_autoscaling_group_name" {
  description = "Group that keeps the (first) NAT instance alive."
  value       = aws_autoscaling_group.nat[var.availability_zones[0]].name
}

output "nat_security_group_id" {
  description = "Security group of the NAT instances."
  value       = aws_security_group.nat.id
}
