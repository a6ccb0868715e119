variable "network" {}

resource "aws_instance" "nat" {
  ami               = "ami-0123456789abcdef0"
  instance_type     = "t4g.nano"
  subnet_id         = var.network.subnets[0]
  source_dest_check = false

  root_block_device {
    volume_size = 8
  }

  tags = {
    Name = "glimpse-prod-nat"
  }
}
