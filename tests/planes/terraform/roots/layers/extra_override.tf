resource "terraform_data" "overridden" {
  input = "override"
}

resource "aws_security_group" "merged" {
  name = "override"
  ingress {
    from_port   = 2
    to_port     = 2
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  lifecycle {
    ignore_changes = [name]
  }
}

locals {
  tags = { b = "override" }
}
