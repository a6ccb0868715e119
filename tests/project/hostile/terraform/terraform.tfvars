owner = "s3cret-of-the-owner"
port  = "s3cret-of-the-port"
