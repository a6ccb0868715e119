data "aws_ami" "any" {
  most_recent = true
  owners      = ["amazon"]
}

resource "aws_key_pair" "deploy" {
  key_name   = "deploy"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzl3tIzwZ6y0AVkKHJ0c1J5m7vXlmCJ8Q2sn0sZ9hJK agreement"
  tags       = { Name = "deploy" }
}

resource "aws_instance" "server" {
  ami                     = data.aws_ami.any.id
  instance_type           = "t4g.nano"
  subnet_id               = aws_subnet.public[0].id
  vpc_security_group_ids  = [aws_security_group.split.id]
  key_name                = aws_key_pair.deploy.key_name
  iam_instance_profile    = aws_iam_instance_profile.server.name
  source_dest_check       = false
  disable_api_termination = true
  user_data               = "#!/bin/sh\ntrue\n"

  metadata_options {
    http_tokens = "required"
  }
  root_block_device {
    volume_size = 8
    volume_type = "gp3"
    encrypted   = true
  }
  tags = { Name = "server" }
}

resource "aws_instance" "other" {
  ami           = data.aws_ami.any.id
  instance_type = "t4g.nano"
  subnet_id     = aws_subnet.private[0].id
}

resource "aws_ebs_volume" "data" {
  availability_zone = local.zones[0]
  size              = 12
  type              = "gp3"
  iops              = 3000
  throughput        = 125
  encrypted         = true
  tags              = { Name = "data" }
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.data.id
  instance_id = aws_instance.other.id
}

resource "aws_launch_template" "workers" {
  name          = "workers"
  image_id      = data.aws_ami.any.id
  instance_type = "t4g.small"
  key_name      = aws_key_pair.deploy.key_name

  vpc_security_group_ids = [aws_security_group.split.id]

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size           = 20
      volume_type           = "gp3"
      encrypted             = true
      delete_on_termination = true
    }
  }
  iam_instance_profile {
    name = aws_iam_instance_profile.server.name
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
  monitoring {
    enabled = true
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "worker" }
  }
}

resource "aws_autoscaling_group" "workers" {
  name                      = "workers"
  min_size                  = 0
  max_size                  = 2
  desired_capacity          = 0
  vpc_zone_identifier       = aws_subnet.private[*].id
  health_check_grace_period = 60
  default_cooldown          = 120
  protect_from_scale_in     = true
  enabled_metrics           = ["GroupDesiredCapacity"]

  launch_template {
    id      = aws_launch_template.workers.id
    version = "$Latest"
  }
  tag {
    key                 = "AmazonECSManaged"
    value               = ""
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_schedule" "night" {
  scheduled_action_name  = "night"
  autoscaling_group_name = aws_autoscaling_group.workers.name
  recurrence             = "0 22 * * *"
  time_zone              = "Asia/Seoul"
  min_size               = 0
  max_size               = 2
  desired_capacity       = 0
}

resource "aws_ecs_capacity_provider" "workers" {
  name = "workers"

  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.workers.arn
    managed_termination_protection = "ENABLED"

    managed_scaling {
      status                    = "ENABLED"
      target_capacity           = 90
      minimum_scaling_step_size = 1
      maximum_scaling_step_size = 10
      instance_warmup_period    = 120
    }
  }
}

resource "aws_ecs_cluster" "mixed" {
  name = "mixed"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "mixed" {
  cluster_name       = aws_ecs_cluster.mixed.name
  capacity_providers = ["FARGATE", aws_ecs_capacity_provider.workers.name]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 10
    base              = 1
  }
}

resource "aws_ecs_task_definition" "job" {
  family                   = "job"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "512"
  memory                   = "1024"
  task_role_arn            = aws_iam_role.service.arn
  execution_role_arn       = aws_iam_role.service.arn

  container_definitions = jsonencode([{
    name         = "job"
    image        = "example:1"
    essential    = true
    portMappings = [{ containerPort = 8080, protocol = "tcp" }]
    environment  = [{ name = "MODE", value = "batch" }]
  }])

  volume {
    name = "scratch"
  }
  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }
}

resource "aws_ecs_service" "job" {
  name            = "job"
  cluster         = aws_ecs_cluster.mixed.id
  task_definition = aws_ecs_task_definition.job.arn
  desired_count   = 0
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.split.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "job"
    container_port   = 8080
  }
  depends_on = [aws_lb_listener.http]
}

resource "aws_appautoscaling_target" "job" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.mixed.name}/${aws_ecs_service.job.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = 0
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "step" {
  name               = "step"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.job.service_namespace
  resource_id        = aws_appautoscaling_target.job.resource_id
  scalable_dimension = aws_appautoscaling_target.job.scalable_dimension

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    cooldown                = 60
    metric_aggregation_type = "Maximum"

    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}
