# Items: override files in their order: attributes, nested blocks, locals, variables, modules, outputs; one in JSON.
provider "aws" {
  region = "us-west-2"
}

variable "size" {
  type    = string
  default = "small"
}

variable "kept" {
  type    = number
  default = 1
}

locals {
  name  = "base"
  extra = "plain"
  other = "kept-${local.name}"
  tags  = { From = "base", Name = local.name }
}

resource "aws_instance" "web" {
  ami           = "ami-00000000000000001"
  instance_type = "t3.nano"
  tags          = local.tags
  root_block_device {
    volume_size = 10
    volume_type = "gp2"
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    volume_size = 20
  }
  ebs_block_device {
    device_name = "/dev/sdc"
    volume_size = 30
  }
  metadata_options {
    http_tokens = "optional"
  }
}

resource "aws_autoscaling_group" "web" {
  name                = "web"
  min_size            = 1
  max_size            = 2
  vpc_zone_identifier = ["subnet-1"]
  launch_template {
    id      = "lt-1"
    version = "$Latest"
  }
  dynamic "tag" {
    for_each = local.tags
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}

resource "aws_sqs_queue" "counted" {
  count = 1
  name  = "counted-${count.index}"
}

resource "aws_kinesis_stream" "json" {
  name        = "json"
  shard_count = 1
}

resource "terraform_data" "seen" {
  input = {
    size  = var.size
    kept  = var.kept
    name  = local.name
    other = local.other
    extra = local.extra
  }
}
