"""Example DAGs: copy one into the ``dags/`` folder of a project."""
