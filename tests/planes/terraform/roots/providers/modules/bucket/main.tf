variable "name" {}
variable "tags" {
  default = {}
}

data "aws_region" "here" {}

resource "aws_s3_bucket" "this" {
  bucket = "${var.name}-${data.aws_region.here.name}"
  tags   = var.tags
}

resource "aws_s3_bucket_logging" "this" {
  bucket        = aws_s3_bucket.this.id
  target_bucket = aws_s3_bucket.this.bucket
  target_prefix = "log/${var.name}/"
}

output "region" {
  value = data.aws_region.here.name
}
