"""Links from a task's page, the addresses they lead to, and the report pages."""
