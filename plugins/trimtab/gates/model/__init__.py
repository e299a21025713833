"""The model gate: checks that are declared in ``params.yaml``, on a model, a test table and its metrics.

What a model predicts is the problem type of the gate; :mod:`trimtab.learning` knows what follows from it.

====================  ==================================================================================
``gate_section``      the section of ``params.yaml``, and loading it
``declared_check``    what every declared check has
``model_under_test``  the model, its tables and its scores: read and scored once
``metrics_file``      checks on metrics of the metrics file
``performance``       checks on metrics computed here: bounds, slices, gain over the baseline, training gap
``perturbation``      checks on how scores react to changed rows: stability, invariance, direction
``cost``              checks on time and memory of scoring, and the size of the file
``scoring_job``       scorings of a table whose cost a process of their own measures
``scoring_process``   this process
``leakage``           check for single features that predict the label too well
``fairness``          check on rates or metrics between groups
``slices``            the slices of a table
``check_result``      from a declared check and an estimate to the check of a report
``gate``              evaluates all checks and writes the report
``model_plots``       the plots of each problem type
``report_page``       the HTML page
====================  ==================================================================================
"""

from trimtab.gates.model.check_result import estimate_check, make_check, unmet_bounds
from trimtab.gates.model.declared_check import ModelCheck
from trimtab.gates.model.gate import check_model
from trimtab.gates.model.model_under_test import ModelUnderTest

__all__ = ["ModelCheck", "ModelUnderTest", "check_model", "estimate_check", "make_check", "unmet_bounds"]
