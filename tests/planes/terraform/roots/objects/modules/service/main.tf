variable "name" { type = string }
variable "config" {
  type = object({
    image = string
    cpu   = number
    ports = list(number)
    extra = optional(string, "extra")
  })
}
variable "targets" {
  type = map(object({ port = number, arn = string }))
}

resource "aws_lb_target_group" "this" {
  for_each    = var.targets
  name        = "${var.name}-${each.key}"
  port        = each.value.port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = "vpc-12345678"
  health_check {
    path    = "/health"
    matcher = join(",", [for c in range(200, 203) : tostring(c)])
  }
}

output "names" { value = sort(values(aws_lb_target_group.this)[*].name) }
output "summary" { value = "${var.name}:${var.config.cpu}:${var.config.extra}" }
