# One state for each environment:
#   terraform init -backend-config=bucket=STATE_BUCKET -backend-config=key=trimtab/ENVIRONMENT
#   terraform apply -var-file=ENVIRONMENT.tfvars
terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project     = var.project
      environment = var.environment
    }
  }
}

locals {
  name = "${var.project}-${var.environment}"
}
