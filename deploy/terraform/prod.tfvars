# Yours to edit: what only prod has.
environment = "prod"

cluster = {
  oidc_id           = "EXAMPLE3"
  security_group_id = "sg-00000000000000003"
  vpc_id            = "vpc-00000000000000003"
  subnet_ids        = ["subnet-0000000000000003a", "subnet-0000000000000003b"]
}

database = {
  instance_class    = "db.m7g.large"
  allocated_storage = 100
  multi_az          = true
  backup_days       = 35
}

backup_lock_days = 90
