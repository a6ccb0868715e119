variable "tags" { type = map(string) }
variable "bucket" {
  type = object({ bucket = string, tags = map(string), arn = string })
}
output "out" { value = merge(var.tags, { Z = upper(var.bucket.bucket) }) }
output "name" { value = var.bucket.bucket }
resource "aws_sns_topic" "t" {
  name = var.bucket.bucket
  tags = var.tags
}
