locals {
  databases = toset(["airflow", "mlflow"])
}

resource "aws_db_subnet_group" "this" {
  name       = local.name
  subnet_ids = var.cluster.subnet_ids
}

resource "aws_security_group" "databases" {
  name        = "${local.name}-databases"
  description = "PostgreSQL, for the nodes of the cluster alone"
  vpc_id      = var.cluster.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "databases" {
  security_group_id            = aws_security_group.databases.id
  description                  = "PostgreSQL from the nodes"
  referenced_security_group_id = var.cluster.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_instance" "this" {
  for_each = local.databases

  identifier     = "${local.name}-${each.key}"
  db_name        = each.key
  engine         = "postgres"
  engine_version = "17"
  instance_class = var.database.instance_class
  multi_az       = var.database.multi_az

  allocated_storage     = var.database.allocated_storage
  max_allocated_storage = 4 * var.database.allocated_storage
  storage_encrypted     = true

  # The password is made and rotated by Secrets Manager. It is not in the state.
  username                    = "trimtab"
  manage_master_user_password = true

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.databases.id]
  publicly_accessible    = false

  backup_retention_period    = var.database.backup_days
  copy_tags_to_snapshot      = true
  deletion_protection        = true
  final_snapshot_identifier  = "${local.name}-${each.key}-final"
  auto_minor_version_upgrade = true
}
