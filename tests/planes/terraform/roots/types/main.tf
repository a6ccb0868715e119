# Items: type constraints, optional() defaults nested in lists, maps and sets of objects, any, conversions, nullable.
variable "services" {
  type = map(object({
    image = string
    cpu   = optional(number, 256)
    env   = optional(map(string), {})
    ports = optional(list(object({
      number   = number
      protocol = optional(string, "tcp")
      health = optional(object({
        path    = optional(string, "/health")
        codes   = optional(set(number), [200])
        timeout = optional(number)
      }), {})
    })), [])
    volumes = optional(set(object({ name = string, size = optional(number, 1) })), [])
    deploy  = optional(object({ min = optional(number, 50), max = optional(number, 200) }))
  }))
  default = {
    api = {
      image = "api:1"
      cpu   = "512"
      env   = { DEBUG = true, PORT = 8080 }
      ports = [{ number = "80" }, { number = 443, protocol = "tls", health = { path = "/up", codes = ["204", 200, 200] } }]
    }
    job = {
      image   = "job:2"
      volumes = [{ name = "b" }, { name = "a", size = 5 }, { name = "b", size = 1 }]
      deploy  = { min = null }
    }
  }
}

variable "anything" {
  type    = any
  default = [{ a = 1 }, { a = "two", b = true }]
}

variable "any_list" {
  type    = list(any)
  default = ["a", 1, true]
}

variable "any_map" {
  type    = map(any)
  default = { x = { p = 1 }, y = { p = "2" } }
}

variable "any_object" {
  type    = object({ value = any, more = optional(any, { k = "v" }) })
  default = { value = [1, "x"] }
}

variable "tuple" {
  type    = tuple([string, number, list(bool)])
  default = [1, "2", ["true", false]]
}

variable "nested_sets" {
  type    = set(list(string))
  default = [["b", "a"], ["a"], ["b", "a"]]
}

variable "extra_dropped" {
  type    = object({ kept = string })
  default = { kept = "yes", dropped = "no" }
}

variable "required_null" {
  type    = object({ a = string, b = optional(string) })
  default = { a = null }
}

variable "nullable_false" {
  type     = list(string)
  default  = ["fallback"]
  nullable = false
}

variable "untyped" {
  default = null
}

variable "list_of_maps" {
  type    = list(map(number))
  default = [{ a = "1" }, {}, { b = 2.5 }]
}

variable "numbers" {
  type    = map(number)
  default = { int = "10", float = "1.50", exp = "1e2", neg = -0 }
}

variable "port" {
  type    = number
  default = 8080
  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "The port ${var.port} is reserved."
  }
  validation {
    condition     = var.port % 10 == 0 || contains(values(var.numbers), var.port)
    error_message = "Odd port."
  }
}

resource "terraform_data" "services" {
  for_each = var.services
  input    = each.value
}

resource "terraform_data" "others" {
  input = {
    anything   = var.anything
    any_list   = var.any_list
    any_map    = var.any_map
    any_object = var.any_object
    tuple      = var.tuple
    sets       = var.nested_sets
    dropped    = var.extra_dropped
    null_attr  = var.required_null
    fallback   = var.nullable_false
    untyped    = var.untyped
    maps       = var.list_of_maps
    numbers    = var.numbers
    port       = var.port
    dereferred = [var.any_map.y.p, var.anything[1].a, var.tuple[2][0], var.services.api.ports[1].health.path]
    compared   = [var.services.api.cpu == 512, var.services.job.deploy.max, var.any_list[1] == "1"]
  }
}

module "leaf" {
  source = "./modules/leaf"
  rules = [
    { port = 22, sources = ["10.0.0.0/8"] },
    { port = "443", description = null },
  ]
  settings  = { retention = null, tags = null, mode = "strict" }
  fallback  = null
  free_form = { a = [1, { b = null }], c = toset(["z", "y"]) }
  names     = toset(["n2", "n1"])
}

module "defaults" {
  source    = "./modules/leaf"
  free_form = "just text"
}

resource "terraform_data" "leaf" {
  input = [module.leaf.everything, module.defaults.everything]
}
