# Yours to edit: what only dev has.
environment = "dev"

cluster = {
  oidc_id           = "EXAMPLE1"
  security_group_id = "sg-00000000000000001"
  vpc_id            = "vpc-00000000000000001"
  subnet_ids        = ["subnet-0000000000000001a", "subnet-0000000000000001b"]
}

database = {
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  backup_days       = 1
}

backup_lock_days = 1
