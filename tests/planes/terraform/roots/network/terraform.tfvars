tiers = {
  public  = { cidr = "10.20.0.0/20", public = true }
  private = { cidr = "10.20.16.0/20" }
}
