output "vpc_id" { value = try(aws_vpc.this[0].id, null) }
output "name" { value = var.name }
output "azs" { value = var.azs }
output "private_subnets" { value = aws_subnet.private[*].id }
output "private_subnets_cidr_blocks" { value = compact(aws_subnet.private[*].cidr_block) }
output "nat_public_ips" { value = aws_eip.nat[*].public_ip }
