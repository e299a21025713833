# What every environment has is in common.auto.tfvars, what differs in dev.tfvars, staging.tfvars and prod.tfvars.

variable "project" {
  description = "Name of the project: the first part of every name."
  type        = string
}

variable "region" {
  description = "Region of AWS."
  type        = string
}

variable "namespace" {
  description = "Namespace of Airflow and MLflow in the Kubernetes cluster."
  type        = string
}

variable "environment" {
  description = "Name of the environment: the second part of every name."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The environment is dev, staging or prod."
  }
}

variable "cluster" {
  description = "The EKS cluster: the last part of its OIDC issuer, the security group of its nodes, its subnets for databases."
  type = object({
    oidc_id           = string
    security_group_id = string
    vpc_id            = string
    subnet_ids        = list(string)
  })
}

variable "database" {
  description = "Size of the two databases, in GB of disk, and for how many days they can be restored."
  type = object({
    instance_class    = string
    allocated_storage = number
    multi_az          = optional(bool, false)
    backup_days       = number
  })
}

variable "backup_lock_days" {
  description = "Days for which nobody can delete a backup."
  type        = number
}

variable "old_version_days" {
  description = "Days after which an overwritten or deleted object is gone."
  type        = number
}
