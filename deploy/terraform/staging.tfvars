# Yours to edit: what only staging has.
environment = "staging"

cluster = {
  oidc_id           = "EXAMPLE2"
  security_group_id = "sg-00000000000000002"
  vpc_id            = "vpc-00000000000000002"
  subnet_ids        = ["subnet-0000000000000002a", "subnet-0000000000000002b"]
}

database = {
  instance_class    = "db.t4g.medium"
  allocated_storage = 50
  backup_days       = 7
}

backup_lock_days = 7
