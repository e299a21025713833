import pandas as pd
import pytest

from trimtab.drift import DriftPolicy, build_reference, choose_feature_reference, measure
from trimtab.errors import DriftError


@pytest.fixture(scope="module")
def windows(draw, tmp_path_factory):
    """Two equal years of four seasons, each colder or warmer than the season before."""
    folder = tmp_path_factory.mktemp("windows")
    for number in range(8):
        features, _, labels = draw(seed=10 + number, shift=[0.0, 1.0, 2.0, 1.0][number % 4])
        features.assign(late=labels).to_parquet(folder / f"w{number}.parquet")
    return sorted(folder.glob("*.parquet"))


def declared(reference, windows, number, kind, back):
    policy = DriftPolicy(reference=kind, reference_windows=back)
    return choose_feature_reference(policy, reference, windows, windows[number])


def moved(reference, windows, number, distributions, draw):
    features, scores, labels = draw(seed=10 + number, shift=[0.0, 1.0, 2.0, 1.0][number % 4])
    found = measure(reference, features, scores, labels, feature_reference=distributions)
    return found, {feature.name: feature.psi for feature in found.features}


def test_season_reference_shows_no_drift_of_the_same_season(reference, windows, draw):
    season = declared(reference, windows, 6, "season", 4)

    against_season, psi = moved(reference, windows, 6, season, draw)
    against_champion, own = moved(reference, windows, 6, None, draw)

    assert psi["temp"] < 0.02 < 1 < own["temp"]
    assert against_season.joint.auc < 0.55 < against_champion.joint.auc
    assert against_season.predictions == against_champion.predictions, (
        "performance is compared with the champion's reference"
    )


def test_rolling_reference_has_the_rows_of_the_windows_just_before(reference, windows):
    rolling = declared(reference, windows, 5, "rolling", 3)

    before = pd.concat([pd.read_parquet(file) for file in windows[2:5]])
    assert rolling.rows == len(before)
    assert rolling.features["temp"].missing == before["temp"].isna().sum()
    assert sorted(rolling.features) == sorted(reference.features), "the label is no feature"


def test_season_reference_has_importance_and_noise_of_the_champion(draw, windows):
    features, scores, labels = draw(seed=1)
    weeks = pd.Series(range(len(features))) // 500
    champion = build_reference(features, scores, labels, importance={"temp": 0.1}, periods=weeks)

    season = declared(champion, windows, 4, "season", 4)

    assert (season.importance, season.noise) == (champion.importance, champion.noise)


def test_champion_reference_is_the_default(reference, windows):
    assert choose_feature_reference(DriftPolicy(), reference, windows, windows[0]) is None


@pytest.mark.parametrize("kind", ["season", "rolling"])
def test_reference_is_refused_when_too_few_windows_are_before(reference, windows, kind):
    with pytest.raises(DriftError, match=r"needs 4 window\(s\) before it, and there are 3"):
        declared(reference, windows, 3, kind, 4)
