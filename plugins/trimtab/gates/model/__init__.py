"""The model gate: checks that are declared in ``params.yaml``, on a model, a test table and its metrics.

=================  ===========================================================================
``declaration``    what a section may declare, and reading it
``declared``       what every check has
``subject``        the model, its tables and scores: read once
``bootstrap``      figures with their uncertainty
``metrics``        figures of scores against labels, for the bootstrap
``filed``          checks on figures of the metrics file
``performance``    checks on figures computed here: bounds, slices, over the baseline, training gap
``behaviour``      checks on what the model does with rows: stability, invariance, direction
``cost``           checks on what it takes: time and size
``leakage``        single features that know too much
``fairness``       rates between named groups
``gate``           evaluates them all and leaves the report
``page``           the report for people
=================  ===========================================================================
"""

from trimtab.gates.model.gate import check_model

__all__ = ["check_model"]
