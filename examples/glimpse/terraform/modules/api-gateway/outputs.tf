output "api_endpoint" {
  description = "Address of the HTTP API."
  value       = aws_apigatewayv2_api.this.api_endpoint
}
