locals {
  name  = "first"
  extra = "replaced"
}

variable "size" {
  default = "large"
}

resource "aws_instance" "web" {
  instance_type = "m7i.large"
  root_block_device {
    volume_size = 100
    encrypted   = true
  }
  ebs_block_device {
    device_name = "/dev/sdz"
    volume_size = 1
  }
}

resource "aws_autoscaling_group" "web" {
  max_size = 20
  tag {
    key                 = "Only"
    value               = "this"
    propagate_at_launch = false
  }
}
