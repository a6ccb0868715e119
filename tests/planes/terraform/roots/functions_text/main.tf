# Items: every function on texts, with odd arguments: formats, regular expressions (RE2), cases, trimming, Unicode.
locals {
  name   = "  Billing-API v2.10  "
  korean = "안녕하세요 World é"
  arn    = "arn:aws:iam::123456789012:role/service-role/app"
  csv    = "a, b,,c"
  lines  = "one\ntwo\r\nthree\n"
}

resource "terraform_data" "cases" {
  input = {
    upper   = upper(local.korean)
    lower   = lower("ÀÉÎ ABC")
    title   = title("hello world-wide o'neil 2nd")
    strrev  = strrev(local.korean)
    trim    = [trim("?!hello?!", "!?"), trimspace(local.name), trimprefix("helloworld", "hello"), trimsuffix("a.b.b", ".b")]
    chomp   = chomp(local.lines)
    indent  = indent(4, "a\nb\n\nc")
    substr  = [substr("hello", 1, 3), substr(local.korean, 0, 2), substr("hello", -3, -1), substr("hi", 0, 10), substr("hello", 3, 0)]
    length  = [length(local.korean), length(""), length("e\u0301")]
    repeat  = join("", [for i in range(3) : "ab"])
    replace = [replace("1 + 2 + 3", "+", "-"), replace("hello world", "/w.*d/", "everybody"), replace("a1b22", "/([a-z])(\\d+)/", "$2$1"), replace("abc", "", "-"), replace("a.b", "/\\./", "$${x}")]
    split   = [split(",", local.csv), split("", "abc"), split(", ", ""), split("::", local.arn)]
    join    = [join("-", []), join("-", ["a"]), join("", ["a", "b"], ["c"]), join(":", toset(["b", "a"]))]
    starts  = [startswith("hello", "he"), endswith("hello", "lo"), startswith("", ""), strcontains("hello", "ell"), endswith("a", "aa")]
    sorted  = [sort(["b", "B", "a", "_", "1", "ä"]), sort(["10", "9", "1"])]
    urls    = [urlencode("a b&c=d/é?"), urlencode("~-_.*"), base64encode("héllo"), base64decode("aMOpbGxv")]
    part    = element(split(":", local.arn), 4)
    escapes = "tab\tquote\" back\\ $${x} %%{y} \u00e9 \U0001F600"
  }
}

resource "terraform_data" "formats" {
  input = {
    basic     = format("%s is %d years and %t", "Ann", 42, true)
    padded    = [format("[%5s]", "ab"), format("[%-5s]", "ab"), format("[%05d]", 42), format("[%+d]", 5), format("[%x]", 255), format("[%X]", 255), format("[%o]", 8), format("[%b]", 5)]
    floats    = [format("%.2f", 3.14159), format("%8.3f|", 2.5), format("%e", 12345.678), format("%g", 0.00001), format("%g", 1e21), format("%G", 1e-10)]
    values    = [format("%v", 1.5), format("%v", [1, "a", null]), format("%v", { b = true, a = "x" }), format("%#v", "q\"t"), format("%v", true)]
    quoted    = [format("%q", "a\"b\n"), format("%%"), format("%s%%", 50), format("%s", "x")]
    indexed   = [format("%[2]s %[1]s", "a", "b"), format("%[1]s-%[1]s", "r")]
    truncated = [format("%.3s", "abcdef"), format("%6.2s|", "abcdef")]
    converted = [format("%d", "12"), format("%s", 12), format("%s", true), format("%d", 3.0)]
    lists     = [formatlist("%s-%s", ["a", "b"], "x"), formatlist("%s=%d", ["a", "b"], [1, 2]), formatlist("same"), formatlist("%s", [])]
    big       = format("%d", 123456789012345678901234567890)
    rune      = format("%5s|%-5s|", "é", "한")
  }
}

resource "terraform_data" "regex" {
  input = {
    whole    = regex("[a-z]+", "53453453.345345aaabbbccc23454")
    groups   = regex("(\\d+)-(\\d+)", "tel 123-456")
    named    = regex("^(?P<scheme>[^:/?#]+)://(?P<host>[^/?#]*)", "https://example.com/path")
    optional = regex("(a)(b)?", "ac")
    all      = regexall("[a-z]+", "1234abcd5678efgh9")
    allgroup = regexall("(\\w)(\\d)", "a1 b2 c3")
    nothing  = regexall("z", "abc")
    flags    = regex("(?i)HELLO", "well hello")
    multi    = regexall("(?m)^\\w+", "one two\nthree four")
    dot      = regex("(?s)a.b", "a\nb")
    unicode  = regex("\\p{Hangul}+", local.korean)
    classes  = regexall("[[:upper:]][[:lower:]]*", "HelloWorldFoo")
    lazy     = regex("a.*?b", "aXXbYYb")
    posix    = regex("\\bfoo\\b", "a foo b")
    account  = regex("arn:[^:]+:iam::(\\d{12}):role/(?:[^/]+/)*([^/]+)$", local.arn)
    can      = [can(regex("^[a-z]+$", "abc1")), can(regex("^[a-z]+$", "abc"))]
    tried    = try(regex("v(\\d+)", "no version")[0], "0")
    version  = [for part in split(".", regex("v([0-9.]+)", local.name)[0]) : tonumber(part)]
  }
}

resource "terraform_data" "templates" {
  input = {
    string  = templatestring(local.inline, { who = "you", n = [1, 2] })
    nested  = "%{for i, w in split(" ", "x y z")}${i}:%{if w == "y"}[${w}]%{else}${w}%{endif};%{endfor}"
    trimmed = "   %{~if true~}   kept   %{~endif~}   "
    text    = <<-EOT
      ${format("%-10s", "name")}|
        %{for k, v in { b = 1, a = 2 } ~}
      - ${k}=${v}
        %{endfor~}
      done: ${join(", ", [for x in ["p", "q"] : "\"${x}\""])}
    EOT
  }
}

locals {
  inline = "Hello, $${who}! %%{ for x in n }<$${x}>%%{ endfor }"
}
