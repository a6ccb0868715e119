# Items: what references to attributes and blocks give: types by the schema, order of sets, tags_all, blocks by splat and for.
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { A = "1", B = "2" }
  }
}
variable "create" { default = true }
variable "name" {
  type    = string
  default = null
}
resource "aws_instance" "x" {
  count         = var.create ? 1 : 0
  ami           = "ami-1"
  instance_type = "t3.micro"
  root_block_device {
    volume_size = "80"
    encrypted   = "true"
  }
  ebs_block_device {
    device_name = "/dev/b"
    volume_size = 1
  }
  ebs_block_device {
    device_name = "/dev/a"
    volume_size = 2
  }
  tags = { B = "own", N = 5 }
  timeouts {
    create = "10m"
  }
}
resource "aws_s3_bucket" "b" {
  bucket = "b"
  tags   = { X = true }
}
resource "aws_security_group" "sg" {
  name = "sg"
  ingress {
    from_port   = "443"
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8", "9.0.0.0/8"]
  }
}
resource "aws_cloudfront_distribution" "d" {
  enabled = "true"
  aliases = ["b.com", "a.com"]
  origin {
    domain_name = "x.com"
    origin_id   = "x"
  }
  default_cache_behavior {
    allowed_methods        = ["POST", "GET", "HEAD"]
    cached_methods         = ["HEAD", "GET"]
    target_origin_id       = "x"
    viewer_protocol_policy = "allow-all"
    cache_policy_id        = "p"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
resource "aws_lb" "l" {
  name            = "l"
  subnets         = ["subnet-b", "subnet-a", "subnet-b"]
  security_groups = ["sg-2", "sg-1"]
}
resource "aws_ecs_service" "s" {
  name          = "s"
  desired_count = "3"
  load_balancer {
    target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/a/1"
    container_name   = "c"
    container_port   = "8080"
  }
  network_configuration {
    subnets          = aws_lb.l.subnets
    assign_public_ip = "false"
  }
}
resource "aws_autoscaling_group" "g" {
  min_size = "1"
  max_size = "3"
  launch_template {
    id = "lt-1"
  }
  availability_zones  = ["b", "a"]
  suspended_processes = ["Terminate", "Launch"]
  tag {
    key                 = "a"
    value               = 1
    propagate_at_launch = "true"
  }
}
resource "aws_dynamodb_table" "t" {
  name         = "t"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "a"
    type = "N"
  }
  global_secondary_index {
    name            = "g"
    hash_key        = "a"
    projection_type = "ALL"
  }
}
module "m" {
  source = "./modules/topic"
  count  = var.create ? 1 : 0
  tags   = aws_s3_bucket.b.tags_all
  bucket = aws_s3_bucket.b
}
resource "terraform_data" "t" {
  input = {
    size     = aws_instance.x[0].root_block_device[0].volume_size + 1
    enc      = aws_instance.x[0].root_block_device[0].encrypted ? "y" : "n"
    sizes    = aws_instance.x[0].root_block_device[*].volume_size
    one      = one(aws_instance.x[*].root_block_device).0.volume_size
    tags     = aws_instance.x[0].tags
    all      = aws_s3_bucket.b.tags_all
    iall     = aws_instance.x[0].tags_all["B"]
    port     = [for r in aws_security_group.sg.ingress : r.from_port]
    cidr     = flatten([for r in aws_security_group.sg.ingress : r.cidr_blocks])
    alias    = join(",", aws_cloudfront_distribution.d.aliases)
    enabled  = aws_cloudfront_distribution.d.enabled == true
    meth     = aws_cloudfront_distribution.d.default_cache_behavior[0].cached_methods
    meth2    = join(",", aws_cloudfront_distribution.d.default_cache_behavior[0].allowed_methods)
    geo      = aws_cloudfront_distribution.d.restrictions[0].geo_restriction[0].restriction_type
    sub      = join(",", aws_lb.l.subnets)
    subn     = length(aws_lb.l.subnets)
    sgs      = tolist(aws_lb.l.security_groups)[0]
    cport    = one(aws_ecs_service.s.load_balancer).container_port + 1
    lbs      = aws_ecs_service.s.load_balancer[*].container_port
    count    = aws_ecs_service.s.desired_count * 2
    nets     = aws_ecs_service.s.network_configuration[0].subnets
    pub      = aws_ecs_service.s.network_configuration[0].assign_public_ip
    min      = aws_autoscaling_group.g.min_size == 1
    azs      = [for z in aws_autoscaling_group.g.availability_zones : upper(z)]
    sp       = join(" ", aws_autoscaling_group.g.suspended_processes)
    tagv     = [for t in aws_autoscaling_group.g.tag : "${t.key}=${t.value}"]
    attrs    = { for a in aws_dynamodb_table.t.attribute : a.name => a.type }
    attrn    = sort([for a in aws_dynamodb_table.t.attribute : a.name])
    idx      = [for g in aws_dynamodb_table.t.global_secondary_index : g.name]
    timeout  = aws_instance.x[0].timeouts.create
    join     = join("", aws_instance.x.*.instance_type)
    elem     = element(concat(aws_instance.x.*.ami, [""]), 0)
    mod      = module.m[0].out
    modo     = try(module.m[1].out, "none")
    modn     = module.m[*].name
    ebs      = { for e in aws_instance.x[0].ebs_block_device : e.device_name => e.volume_size }
    dims     = { for k, v in { n = aws_s3_bucket.b.bucket, m = null } : k => v if v != null }
    hz       = try(aws_s3_bucket.b.hosted_zone_id, "x")
    nm       = coalesce(var.name, aws_s3_bucket.b.bucket)
    merged   = merge(aws_s3_bucket.b.tags, { more = "y" })
    tg       = tomap(aws_instance.x[0].tags)
    ttl      = aws_dynamodb_table.t.hash_key == "id" ? aws_dynamodb_table.t.name : null
    contains = contains(aws_cloudfront_distribution.d.aliases, "a.com")
  }
}
