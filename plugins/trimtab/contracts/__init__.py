"""The contract suite: what each pipeline and each DAG file of a project has to fulfil, as tests of pytest.

The plugin is inactive unless the configuration of pytest has ``trimtab_contracts = true``. It needs no data,
no server and no network, and runs no stage.
"""
