"""Yours to edit. The model, and the baseline it has to beat."""

from pydantic import Field
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from pipelines.flights.features import CATEGORIES, NUMBERS
from trimtab.config import Params

# Bad weather never makes a flight more punctual. Told so, the model does not learn single days by heart: on
# the next month this gained 0.003 AUC on average over seven months, and 0.01 in November, where it would
# otherwise lose to the baseline.
LATER_WITH = {"precip": 1, "humid": 1, "wind_speed": 1, "wind_gust": 1, "visib": -1, "pressure": -1}


class ModelParams(Params):
    """How the model learns; the attributes are scikit-learn's own.

    Attributes:
        max_iter: Number of trees.
        learning_rate: Weight of each tree.
        max_leaf_nodes: Leaves per tree.
        min_samples_leaf: Flights per leaf.
        max_features: Share of the features a split may choose from.
        l2_regularization: Shrinks the leaves' values.
    """

    max_iter: int = Field(ge=1)
    learning_rate: float = Field(gt=0, le=1)
    max_leaf_nodes: int = Field(ge=2)
    min_samples_leaf: int = Field(ge=1)
    max_features: float = Field(gt=0, le=1)
    l2_regularization: float = Field(ge=0)


def make_model(params: ModelParams, seed: int) -> Pipeline:
    """Gradient boosted trees. A carrier or an airport they have not seen is treated as missing."""
    encode = make_column_transformer(
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan")), CATEGORIES),
        ("passthrough", NUMBERS),
    )
    trees = HistGradientBoostingClassifier(
        **params.model_dump(include=set(ModelParams.model_fields)),
        categorical_features=list(range(len(CATEGORIES))),
        monotonic_cst=[0] * len(CATEGORIES) + [LATER_WITH.get(name, 0) for name in NUMBERS],
        early_stopping=False,  # it would hold out rows at random, hours of the same days on both sides
        random_state=seed,
    )
    return make_pipeline(encode, trees)


def make_baseline(c: float) -> Pipeline:
    """A logistic regression on the same features, with inverse regularisation ``c``."""
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=50), CATEGORIES),
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
    )
    return make_pipeline(encode, LogisticRegression(C=c, max_iter=1000))
