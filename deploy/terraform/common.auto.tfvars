# Yours to edit: what is the same in every environment.
project          = "flights"
region           = "eu-central-1"
namespace        = "trimtab"
old_version_days = 30
