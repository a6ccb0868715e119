# Items: a cluster as public modules write it: defaults merged into groups, lookups over any, add-ons, IRSA, access entries.
provider "aws" {
  region = "eu-central-1"
}

variable "cluster_name" {
  type    = string
  default = "main"
}

variable "node_groups" {
  type    = any
  default = { system = { instance_types = ["m7g.large"], min_size = 2, taints = { critical = { key = "CriticalAddonsOnly", effect = "NO_SCHEDULE" } } }, spot = { capacity_type = "SPOT", max_size = 20, labels = { pool = "spot" }, update_config = { max_unavailable_percentage = 33 } } }
}

variable "node_group_defaults" {
  type    = any
  default = { instance_types = ["m6i.large", "m5.large"], disk_size = 50, min_size = 1, max_size = 3 }
}

variable "addons" {
  type    = any
  default = { coredns = {}, vpc-cni = { before_compute = true, configuration_values = { env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" } } }, kube-proxy = { version = "v1.30.0-eksbuild.3", preserve = false } }
}

variable "service_accounts" {
  type = map(object({ namespace = string, policies = optional(list(string), []) }))
  default = {
    external-dns = { namespace = "kube-system", policies = ["route53:ChangeResourceRecordSets", "route53:ListHostedZones"] }
    loki         = { namespace = "monitoring" }
  }
}

variable "access" {
  type    = any
  default = { admin = { principal = "arn:aws:iam::111122223333:role/admin", policies = { cluster = { arn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", scope = { type = "cluster" } } } }, dev = { principal = "arn:aws:iam::111122223333:role/dev", groups = ["view"], policies = { ns = { arn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy", scope = { type = "namespace", namespaces = ["dev", "test"] } } } } }
}

locals {
  groups = { for k, v in var.node_groups : k => merge(var.node_group_defaults, v) if try(v.create, true) }
  policies = flatten([
    for ek, ev in var.access : [
      for pk, pv in lookup(ev, "policies", {}) : {
        principal = ev.principal
        entry     = ek
        key       = pk
        arn       = pv.arn
        scope     = pv.scope
      }
    ]
  ])
  subnets = coalescelist([], ["subnet-1", "subnet-2"])
  logs    = compact(["api", "audit", var.cluster_name == "main" ? "authenticator" : ""])
}

resource "aws_eks_cluster" "this" {
  name                      = var.cluster_name
  role_arn                  = aws_iam_role.cluster.arn
  version                   = "1.30"
  enabled_cluster_log_types = local.logs
  vpc_config {
    subnet_ids              = local.subnets
    endpoint_private_access = true
    endpoint_public_access  = false
    public_access_cidrs     = null
  }
  access_config {
    authentication_mode                         = "API_AND_CONFIG_MAP"
    bootstrap_cluster_creator_admin_permissions = false
  }
  dynamic "encryption_config" {
    for_each = toset(["secrets"])
    content {
      resources = [encryption_config.value]
      provider {
        key_arn = "arn:aws:kms:eu-central-1:111122223333:key/eks"
      }
    }
  }
  kubernetes_network_config {
    service_ipv4_cidr = cidrsubnet("172.20.0.0/14", 2, 1)
  }
  timeouts {
    create = lookup({ create = "45m" }, "create", null)
    delete = lookup({ create = "45m" }, "delete", null)
  }
}

resource "aws_iam_role" "cluster" {
  name               = "${var.cluster_name}-cluster"
  assume_role_policy = data.aws_iam_policy_document.assume["eks"].json
}

data "aws_iam_policy_document" "assume" {
  for_each = toset(["eks", "ec2"])
  statement {
    sid     = "${upper(each.key)}Assume"
    actions = concat(["sts:AssumeRole"], each.key == "eks" ? ["sts:TagSession"] : [])
    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "node" {
  name                  = "${var.cluster_name}-node"
  assume_role_policy    = data.aws_iam_policy_document.assume["ec2"].json
  force_detach_policies = true
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = { for p in ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy"] : p => "arn:aws:iam::aws:policy/${p}" }
  policy_arn = each.value
  role       = aws_iam_role.node.name
}

resource "aws_eks_node_group" "this" {
  for_each        = local.groups
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = try(each.value.name, each.key)
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = try(each.value.subnet_ids, local.subnets)
  instance_types  = each.value.instance_types
  capacity_type   = try(each.value.capacity_type, "ON_DEMAND")
  disk_size       = try(each.value.use_custom_template, false) ? null : each.value.disk_size
  ami_type        = strcontains(join(",", each.value.instance_types), "g.") ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD"
  labels          = lookup(each.value, "labels", null)
  scaling_config {
    min_size     = each.value.min_size
    max_size     = each.value.max_size
    desired_size = try(each.value.desired_size, each.value.min_size)
  }
  dynamic "taint" {
    for_each = try(each.value.taints, {})
    content {
      key    = taint.value.key
      value  = try(taint.value.value, null)
      effect = taint.value.effect
    }
  }
  dynamic "update_config" {
    for_each = length(try(each.value.update_config, {})) > 0 ? [each.value.update_config] : []
    content {
      max_unavailable_percentage = try(update_config.value.max_unavailable_percentage, null)
      max_unavailable            = try(update_config.value.max_unavailable, null)
    }
  }
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }
  depends_on = [aws_iam_role_policy_attachment.node]
}

resource "aws_eks_addon" "this" {
  for_each                    = { for k, v in var.addons : k => v if !try(v.before_compute, false) }
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = try(each.value.name, each.key)
  addon_version               = coalesce(try(each.value.version, null), "v1.0.0-eksbuild.1")
  preserve                    = try(each.value.preserve, true)
  resolve_conflicts_on_update = "OVERWRITE"
  configuration_values        = try(jsonencode(each.value.configuration_values), null)
}

resource "aws_eks_addon" "before" {
  for_each             = { for k, v in var.addons : k => v if try(v.before_compute, false) }
  cluster_name         = aws_eks_cluster.this.name
  addon_name           = each.key
  configuration_values = jsonencode(each.value.configuration_values)
}

resource "aws_eks_access_entry" "this" {
  for_each          = var.access
  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = each.value.principal
  kubernetes_groups = try(each.value.groups, null)
  type              = try(each.value.type, "STANDARD")
}

resource "aws_eks_access_policy_association" "this" {
  for_each      = { for p in local.policies : "${p.entry}_${p.key}" => p }
  cluster_name  = aws_eks_cluster.this.name
  policy_arn    = each.value.arn
  principal_arn = each.value.principal
  access_scope {
    type       = each.value.scope.type
    namespaces = try(each.value.scope.namespaces, [])
  }
}

data "aws_iam_policy_document" "irsa" {
  for_each = var.service_accounts
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC"]
    }
    dynamic "condition" {
      for_each = { sub = "system:serviceaccount:${each.value.namespace}:${each.key}", aud = "sts.amazonaws.com" }
      content {
        test     = "StringEquals"
        variable = "oidc.eks.eu-central-1.amazonaws.com/id/ABC:${condition.key}"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "irsa" {
  for_each           = var.service_accounts
  name_prefix        = "${substr(each.key, 0, 30)}-"
  assume_role_policy = data.aws_iam_policy_document.irsa[each.key].json
  dynamic "inline_policy" {
    for_each = length(each.value.policies) > 0 ? { own = each.value.policies } : {}
    content {
      name   = inline_policy.key
      policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = inline_policy.value, Resource = "*" }] })
    }
  }
}

resource "aws_ec2_tag" "subnets" {
  for_each    = { for pair in setproduct(local.subnets, ["kubernetes.io/role/internal-elb", "karpenter.sh/discovery"]) : join("|", pair) => pair }
  resource_id = each.value[0]
  key         = each.value[1]
  value       = endswith(each.value[1], "elb") ? "1" : var.cluster_name
}

resource "aws_eks_fargate_profile" "this" {
  cluster_name           = aws_eks_cluster.this.name
  fargate_profile_name   = "default"
  pod_execution_role_arn = "arn:aws:iam::111122223333:role/fargate"
  subnet_ids             = local.subnets
  dynamic "selector" {
    for_each = [{ namespace = "serverless", labels = { run = "fargate" } }, { namespace = "batch" }]
    content {
      namespace = selector.value.namespace
      labels    = lookup(selector.value, "labels", {})
    }
  }
}
