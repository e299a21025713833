"""``python -m trimtab.cli`` is ``trimtab``."""

from trimtab.cli.main import main

main()
