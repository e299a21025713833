"""Formats of model files: each is loaded as an estimator with the methods of scikit-learn's."""
