"""The data gate: a table is validated against expectation suites of Great Expectations.

=======================  ============================================================================
``suite``                a suite as data: loading and checking its file
``gate``                 runs one suite on a table and writes the report
``multi_suite_gate``     runs several suites on one table
``expectation_builder``  builds Great Expectations' objects from a suite
``expectations``         expectations that Great Expectations lacks
``execution_engine``     runs expectations on a table that is never in memory as a whole
``evaluation``           evaluates a suite: checks, and the rows that fail them
``result_conversion``    converts Great Expectations' results to the checks of a report
``quarantine``           splits a table into good rows and quarantined rows
``data_docs``            writes Great Expectations' own page
``gx_compat``            names of Great Expectations outside of its documented interface
``lazy_import``          imports Great Expectations without what it seldom uses
=======================  ============================================================================
"""
