locals {
  name = "second"
}

resource "aws_instance" "web" {
  monitoring = true
  dynamic "ebs_block_device" {
    for_each = ["/dev/sdx", "/dev/sdy"]
    content {
      device_name = ebs_block_device.value
      volume_size = 5 * (ebs_block_device.key + 1)
    }
  }
}

resource "aws_sqs_queue" "counted" {
  count                      = 2
  visibility_timeout_seconds = 30 * (count.index + 1)
}
