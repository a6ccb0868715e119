environment = "prod"
vpc_cidr    = "10.40.0.0/16"

availability_zones = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]

services = {
  storefront = {
    port   = 3000
    cpu    = 512
    memory = 1024
    count  = 3
    path   = ["/*"]
    env = {
      API_URL = "https://api.shop.example.com"
    }
  }
  api = {
    port        = 8080
    cpu         = 1024
    memory      = 2048
    count       = 4
    path        = ["/api/*", "/graphql"]
    health_path = "/api/healthz"
    secrets     = ["database-url", "stripe-key"]
    autoscale   = { min = 4, max = 20, cpu = 55 }
  }
  worker = {
    cpu   = 256
    count = 2
    spot  = true
    env = {
      QUEUE       = "orders"
      CONCURRENCY = 8
    }
  }
}

alarm_emails = [
  "oncall@shop.example.com",
  "platform@shop.example.com", # trailing comma is fine
]
