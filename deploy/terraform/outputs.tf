output "buckets" {
  description = "Name of each bucket: for .dvc/config, the values of Helm and `trimtab backup`."
  value       = { for purpose, bucket in aws_s3_bucket.this : purpose => bucket.id }
}

output "roles" {
  description = "ARN of each role: for the annotations of service accounts."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "databases" {
  description = "Address of each database, and the secret with its password."
  value = {
    for name, database in aws_db_instance.this : name => {
      endpoint   = database.endpoint
      secret_arn = database.master_user_secret[0].secret_arn
    }
  }
}
