data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.full.arn}/*"]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "read" {
  name        = "read"
  path        = "/team/"
  description = "reads"
  policy      = data.aws_iam_policy_document.read.json
  tags        = { Name = "read" }
}

resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role" "service" {
  name                 = "service"
  path                 = "/team/"
  description          = "of the service"
  max_session_duration = 7200
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
  tags                 = { Name = "service" }
}

resource "aws_iam_role_policy" "service" {
  name   = "own"
  role   = aws_iam_role.service.id
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role" "inline" {
  name               = "inline"
  assume_role_policy = data.aws_iam_policy_document.trust.json

  inline_policy {
    name   = "inline"
    policy = data.aws_iam_policy_document.read.json
  }
}

resource "aws_iam_role" "exclusive" {
  name               = "exclusive"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "service" {
  role       = aws_iam_role.service.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role_policy_attachments_exclusive" "exclusive" {
  role_name   = aws_iam_role.exclusive.name
  policy_arns = [aws_iam_policy.read.arn]
}

resource "aws_iam_role_policies_exclusive" "service" {
  role_name    = aws_iam_role.service.name
  policy_names = [aws_iam_role_policy.service.name]
}

resource "aws_iam_instance_profile" "server" {
  name = "server"
  path = "/team/"
  role = aws_iam_role.service.name
  tags = { Name = "server" }
}

resource "aws_iam_user" "deployer" {
  name                 = "deployer"
  path                 = "/team/"
  permissions_boundary = aws_iam_policy.boundary.arn
  tags                 = { Name = "deployer" }
}

resource "aws_iam_user" "reader" {
  name = "reader"
}

resource "aws_iam_user_policy" "deployer" {
  name   = "own"
  user   = aws_iam_user.deployer.name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_user_policy_attachment" "deployer" {
  user       = aws_iam_user.deployer.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_user_group_membership" "deployer" {
  user   = aws_iam_user.deployer.name
  groups = [aws_iam_group.deployers.name]
}

resource "aws_iam_group" "deployers" {
  name = "deployers"
  path = "/team/"
}

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_group_policy" "deployers" {
  name   = "own"
  group  = aws_iam_group.deployers.name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_group_policy_attachment" "deployers" {
  group      = aws_iam_group.deployers.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_group_membership" "readers" {
  name  = "readers"
  group = aws_iam_group.readers.name
  users = [aws_iam_user.reader.name]
}

resource "aws_iam_policy" "shared" {
  name   = "shared"
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_policy_attachment" "shared" {
  name       = "shared"
  policy_arn = aws_iam_policy.shared.arn
  roles      = [aws_iam_role.inline.name]
  users      = [aws_iam_user.reader.name]
  groups     = [aws_iam_group.readers.name]
}

resource "aws_iam_user" "exclusive" {
  name = "exclusive"
}

resource "aws_iam_user_policy_attachments_exclusive" "exclusive" {
  user_name   = aws_iam_user.exclusive.name
  policy_arns = [aws_iam_policy.read.arn]
}

resource "aws_iam_group" "exclusive" {
  name = "exclusive"
}

resource "aws_iam_group_policy_attachments_exclusive" "exclusive" {
  group_name  = aws_iam_group.exclusive.name
  policy_arns = [aws_iam_policy.read.arn]
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
  tags            = { Name = "ci" }
}
