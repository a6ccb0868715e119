# Items: files of the module and their hashes, fileset, templatefile (nested), path.*, names of paths.
locals {
  services = { for f in fileset("${path.module}/config", "*.yaml") : trimsuffix(f, ".yaml") => yamldecode(file("${path.module}/config/${f}")) }
  settings = jsondecode(file("${path.module}/config/settings.json"))
  users    = csvdecode(file("${path.module}/config/users.csv"))
}

resource "terraform_data" "sets" {
  input = {
    yaml      = fileset(path.module, "config/*.yaml")
    all       = fileset("${path.module}/config", "**")
    deep      = fileset(path.module, "config/**/*.{json,csv}")
    question  = fileset("${path.module}/config", "?pi.yaml")
    class     = fileset("${path.module}/config", "[aw]*.yaml")
    none      = fileset(path.module, "*.nothing")
    sorted    = [for f in fileset("${path.module}/config", "**") : basename(f)]
    directory = distinct([for f in fileset(path.module, "config/**") : dirname(f)])
  }
}

resource "terraform_data" "contents" {
  input = {
    services = local.services
    enabled  = sort([for name, s in local.services : name if try(s.enabled, true)])
    settings = local.settings
    regions  = keys(local.settings.regions)
    users    = { for u in local.users : u.name => { groups = compact(split(";", u.groups)), admin = tobool(u.admin) } }
    text     = file("${path.module}/config/nested/motd.txt")
    lines    = compact(split("\n", file("${path.module}/config/nested/motd.txt")))
    base64   = filebase64("${path.module}/config/nested/motd.txt")
    exists   = [fileexists("${path.module}/config/api.yaml"), fileexists("${path.module}/config/nope.yaml")]
    tried    = try(file("${path.module}/config/nope.yaml"), "fallback")
    hashes   = [filemd5("${path.module}/config/api.yaml"), filesha1("${path.module}/config/api.yaml"), filesha256("${path.module}/config/api.yaml"), filesha512("${path.module}/config/api.yaml"), filebase64sha256("${path.module}/config/api.yaml"), filebase64sha512("${path.module}/config/api.yaml")]
    combined = sha1(join("", [for f in sort(fileset("${path.module}/config", "**")) : filesha1("${path.module}/config/${f}")]))
    names    = [basename("/a/b/c.txt"), dirname("/a/b/c.txt"), basename("a/"), dirname("a"), basename("")]
  }
}

resource "terraform_data" "rendered" {
  for_each = local.services
  input = templatefile("${path.module}/templates/unit.tftpl", {
    name  = each.key
    image = try(each.value.image, "scratch")
    env   = try(each.value.env, {})
    ports = try(each.value.ports, [])
  })
}

resource "terraform_data" "nested" {
  input = {
    list     = templatefile("${path.module}/templates/list.tftpl", { items = ["a", "b"], last = null })
    json     = jsondecode(templatefile("${path.module}/templates/policy.json.tftpl", { actions = ["s3:Get*", "s3:List*"], bucket = "logs" }))
    module   = path.module
    root     = path.root
    includes = templatefile("${path.module}/templates/outer.tftpl", { services = keys(local.services) })
  }
}
