# Outbound traffic: a NAT *instance* kept alive by an Auto Scaling group of exactly one, instead of a NAT gateway.
# The network interface outlives the instance, so routes and address stay when the group replaces it.

data "aws_ssm_parameter" "nat_ami" {
  count = var.nat_ami_id == null ? 1 : 0

  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

resource "aws_security_group" "nat" {
  name        = local.nat_name
  description = "NAT instance: accepts traffic from inside the VPC only"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "anything that leaves the private subnets"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = [var.vpc_cidr]
  }

  egress {
    description = "to the internet"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = {
    Name = local.nat_name
  }
}

resource "aws_network_interface" "nat" {
  for_each = local.nat_zones

  subnet_id         = aws_subnet.this["public-${replace(each.value, "/^.*-/", "")}"].id
  security_groups   = [aws_security_group.nat.id]
  source_dest_check = false
  description       = "${local.nat_name} ${each.value}"

  tags = {
    Name = local.nat_name
  }
}

resource "aws_eip" "nat" {
  for_each = local.nat_zones

  domain            = "vpc"
  network_interface = aws_network_interface.nat[each.key].id

  tags = {
    Name = local.nat_name
  }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_launch_template" "nat" {
  for_each = local.nat_zones

  name                   = var.single_nat_gateway ? local.nat_name : "${local.nat_name}-${replace(each.value, "/^.*-/", "")}"
  description            = "NAT instance with its interface attached at boot"
  image_id               = coalesce(var.nat_ami_id, one(data.aws_ssm_parameter.nat_ami[*].insecure_value))
  instance_type          = var.nat_instance_type
  update_default_version = true
  vpc_security_group_ids = [aws_security_group.nat.id]

  iam_instance_profile {
    name = aws_iam_instance_profile.nat.name
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size           = var.nat_volume_size
      volume_type           = "gp3"
      encrypted             = true
      delete_on_termination = true
    }
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  monitoring {
    enabled = false
  }

  user_data = base64encode(templatefile("${path.module}/templates/nat-user-data.sh.tftpl", {
    interface_id = aws_network_interface.nat[each.key].id
    vpc_cidr     = var.vpc_cidr
  }))

  tag_specifications {
    resource_type = "instance"
    tags = {
      Name = local.nat_name
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      Name = local.nat_name
    }
  }

  tags = {
    Name = local.nat_name
  }
}

resource "aws_autoscaling_group" "nat" {
  for_each = local.nat_zones

  name                      = var.single_nat_gateway ? local.nat_name : "${local.nat_name}-${replace(each.value, "/^.*-/", "")}"
  min_size                  = 1
  max_size                  = 1
  desired_capacity          = 1
  health_check_type         = "EC2"
  health_check_grace_period = 120
  vpc_zone_identifier       = [aws_subnet.this["public-${replace(each.value, "/^.*-/", "")}"].id]

  launch_template {
    id      = aws_launch_template.nat[each.key].id
    version = aws_launch_template.nat[each.key].latest_version
  }

  tag {
    key                 = "Name"
    value               = local.nat_name
    propagate_at_launch = true
  }
}

data "aws_iam_policy_document" "nat_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "nat" {
  statement {
    sid       = "AttachOwnInterface"
    actions   = ["ec2:AttachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Name"
      values   = [local.nat_name]
    }
  }
}

resource "aws_iam_role" "nat" {
  name               = local.nat_name
  description        = "NAT instance: may attach its own network interface"
  assume_role_policy = data.aws_iam_policy_document.nat_assume.json
}

resource "aws_iam_role_policy" "nat" {
  name   = "attach-interface"
  role   = aws_iam_role.nat.id
  policy = data.aws_iam_policy_document.nat.json
}

resource "aws_iam_instance_profile" "nat" {
  name = local.nat_name
  role = aws_iam_role.nat.name
}
