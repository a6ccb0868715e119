output "user_pool_id" {
  description = "Id of the user pool."
  value       = aws_cognito_user_pool.this.id
}

output "client_ids" {
  description = "Client → its id."
  value       = { for name, client in aws_cognito_user_pool_client.this : name => client.id }
}
