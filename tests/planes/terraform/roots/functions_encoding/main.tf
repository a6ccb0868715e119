# Items: JSON, YAML, CSV, base64, URL encodings, hashes and UUIDs, in both directions.
locals {
  document = {
    name    = "svc"
    ports   = [80, 443]
    ratio   = 0.5
    enabled = true
    nothing = null
    labels  = { "app/name" = "x", html = "<a & b>", quote = "\"", unicode = "é한\u2028" }
    nested  = [{ a = [] }, {}, [[]]]
  }
  yaml = <<-EOT
    # a comment
    service: &base
      image: "nginx:1.27"
      replicas: 3
      env:
        - {name: A, value: "1"}
        - name: B
          value: yes
      script: |
        line one
          line two
      folded: >-
        some folded
        text
    other:
      <<: *base
      replicas: 0x10
    empty:
    tilde: ~
    date: 2024-01-02
    octal: 0o17
    float: 1.50
    exp: 1e3
    quoted: '007'
    list: [a, "b", 3.0, true, null]
  EOT
  csv  = <<-EOT
    name,size,note
    web,2,"has, comma"
    db,1,"says ""hi"""
    cache,,
  EOT
}

resource "terraform_data" "json" {
  input = {
    encoded    = jsonencode(local.document)
    decoded    = jsondecode("{\"a\": [1, 2.50, 1e2, -0.0], \"b\": {\"c\": null, \"d\": \"\\u00e9\"}, \"big\": 12345678901234567890}")
    roundtrip  = jsondecode(jsonencode(local.document)) == local.document
    scalars    = [jsonencode("x<y>"), jsonencode(1.0), jsonencode(true), jsonencode(null), jsonencode([]), jsonencode({})]
    number     = [jsonencode(1e21), jsonencode(0.000001), jsonencode(100000000000000000000), jsonencode(1 / 3)]
    set        = jsonencode(toset(["b", "a"]))
    map        = jsonencode(tomap({ b = 1, a = 2 }))
    nested     = jsonencode({ inner = jsonencode({ a = 1 }) })
    whole_text = jsondecode("\"text\"")
    from_for   = jsonencode([for k, v in local.document.labels : { key = k, value = v }])
  }
}

resource "terraform_data" "yaml" {
  input = {
    decoded = yamldecode(local.yaml)
    encoded = yamlencode(local.document)
    multi   = yamlencode({ script = "a\nb\n", list = [], map = {}, "true" = "yes", num = "12", "" = "" })
    scalars = [yamlencode("x"), yamlencode(1), yamlencode(null), yamlencode("null"), yamlencode(true)]
    back    = yamldecode(yamlencode(local.document)).labels.html
    images  = { for k, v in yamldecode(local.yaml) : k => v.image if can(v.image) }
    env     = [for e in yamldecode(local.yaml).service.env : "${e.name}=${e.value}"]
  }
}

resource "terraform_data" "csv" {
  input = {
    rows   = csvdecode(local.csv)
    by_key = { for row in csvdecode(local.csv) : row.name => merge(row, { size = try(tonumber(row.size), 0) }) }
    names  = csvdecode(local.csv)[*].name
    empty  = csvdecode("a,b\n")
  }
}

resource "terraform_data" "hashes" {
  input = {
    md5      = md5("hello")
    sha      = [sha1("hello"), sha256("hello"), sha512("hello")]
    base64   = [base64sha256("hello"), base64sha512("hello"), base64encode("")]
    uuid     = [uuidv5("dns", "www.example.com"), uuidv5("url", "https://example.com/"), uuidv5("oid", "1.3.6.1"), uuidv5("x500", "CN=x")]
    short    = substr(sha256(jsonencode({ a = 1, b = [2] })), 0, 8)
    text     = [textencodebase64("héllo", "UTF-16LE"), textdecodebase64("aGVsbG8=", "UTF-8"), textencodebase64("abc", "windows-1252")]
    url      = urlencode(jsonencode({ q = "a b" }))
    stable   = md5(join("", [for k in sort(keys(local.document)) : k]))
    of_bytes = length(base64decode(base64encode("12345")))
  }
}
