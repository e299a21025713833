data "aws_caller_identity" "current" {}

locals {
  oidc_issuer = "oidc.eks.${var.region}.amazonaws.com/id/${var.cluster.oidc_id}"

  # What a server may do with the objects of a bucket. Listing is a right on the bucket: without it, S3 answers 403
  # for an object that is missing, where DVC and MLflow expect 404.
  read   = ["s3:GetObject"]
  write  = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
  remove = concat(local.write, ["s3:DeleteObject"])

  # The role of each server, the service accounts that take it, and its rights. Stages reach MLflow's files through
  # its server. Only the role of backups writes backups, and it cannot delete one.
  roles = {
    tasks = {
      service_accounts = ["airflow-worker", "airflow-worker-*", "airflow-api-server", "airflow-triggerer"]
      rights           = { dvc = local.remove, logs = local.write }
    }
    mlflow = {
      service_accounts = ["mlflow"]
      rights           = { mlflow = local.remove }
    }
    backups = {
      service_accounts = ["trimtab-backups"]
      rights           = { dvc = local.read, mlflow = local.read, backups = local.write }
    }
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.oidc_issuer}"]
    }

    condition {
      test     = "StringLike"
      variable = "${local.oidc_issuer}:sub"
      values   = [for account in each.value.service_accounts : "system:serviceaccount:${var.namespace}:${account}"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.oidc_issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "rights" {
  for_each = local.roles

  statement {
    sid       = "ListBuckets"
    actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation"]
    resources = [for bucket, _ in each.value.rights : aws_s3_bucket.this[bucket].arn]
  }

  dynamic "statement" {
    for_each = each.value.rights

    content {
      sid       = "Objects${title(statement.key)}"
      actions   = statement.value
      resources = ["${aws_s3_bucket.this[statement.key].arn}/*"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name               = "${local.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = "buckets"
  role   = aws_iam_role.this[each.key].id
  policy = data.aws_iam_policy_document.rights[each.key].json
}
