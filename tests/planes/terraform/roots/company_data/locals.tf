variable "overlay" {
  type        = string
  default     = null
  description = "Name of an overlay; the workspace's own if it is not given"
}

variable "datasets" {
  type    = map(any)
  default = {}
}

locals {
  base    = yamldecode(file("${path.module}/config/base.yaml"))
  name    = coalesce(var.overlay, terraform.workspace)
  overlay = try(yamldecode(file("${path.module}/config/${local.name}.yaml")), {})

  # two levels deep, nulls remove
  settings = {
    for key in setunion(keys(local.base), keys(local.overlay)) : key => try(
      {
        for inner in setunion(keys(local.base[key]), keys(local.overlay[key])) : inner =>
        try(merge(local.base[key][inner], local.overlay[key][inner]), local.overlay[key][inner], local.base[key][inner])
        if !(contains(keys(local.overlay[key]), inner) && try(local.overlay[key][inner], "") == null)
      },
      local.overlay[key],
      local.base[key],
    )
  }

  datasets = merge(local.settings.datasets, var.datasets)
  grants = {
    for row in csvdecode(file("${path.module}/config/grants.csv")) :
    row.role => row... if row.dataset != "" && contains(keys(local.datasets), row.dataset)
  }
  by_dataset = transpose({ for role, rows in local.grants : role => [for r in rows : "${r.dataset}:${r.level}"] })
  schemas    = { for f in fileset(path.module, "schemas/*.json") : trimsuffix(basename(f), ".json") => jsondecode(file("${path.module}/${f}")) }
  scheduled  = { for k, d in local.datasets : k => d.schedule if lookup(d, "schedule", "") != "" }
  hours      = [for s in values(local.scheduled) : tonumber(split(" ", s)[1])]
}
