"""The alert rules, by the real promtool where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.library.monitoring.watched import SLO, watched
from trimtab.monitoring import make_alert_rules
from trimtab.slo_policy import SloPolicy

ROOT = Path(__file__).resolve().parents[3]


def rules(**options: Any) -> list[dict[str, Any]]:
    return make_alert_rules(watched(**options), "https://docs.example.com/")["groups"][0]["rules"]


def expressions(alert: str, **options: Any) -> list[str]:
    return [rule["expr"] for rule in rules(**options) if rule["alert"] == alert]


def test_bound_of_the_policy_is_in_the_expression_and_a_relative_one_is_a_series():
    found = {rule["labels"]["rule"]: rule["expr"] for rule in rules() if rule["alert"] == "TrimtabDriftBound"}
    assert found["max_score_psi"].endswith(" > 0.5")
    assert "> last_over_time(trimtab_drift_bound{" in found["max_metric_drop"]


def test_champion_of_a_loss_is_worse_above_the_bound():
    assert expressions("TrimtabChampionWorse")[0].endswith(" < 0.62")
    assert expressions("TrimtabChampionWorse", more_is_better=False)[0].endswith(" > 0.62")
    assert expressions("TrimtabChampionWorse", promote={"worst": None}) == []


def test_approval_is_watched_only_where_a_person_is_asked():
    (waiting,) = [rule for rule in rules() if rule["alert"] == "TrimtabApprovalWaiting"]
    assert waiting["for"] == "300m"
    assert expressions("TrimtabApprovalWaiting", promote={"policy": "automatic"}) == []


def test_budgets_and_burn_rates_are_watched_where_there_are_objectives():
    labels = 'trimtab_model="flights",trimtab_slo_objective="response"'
    assert expressions("TrimtabBudgetSpent") == [
        f"last_over_time(trimtab_slo_budget_remaining{{{labels}}}[35d]) <= 0"
    ]
    assert expressions("TrimtabBudgetBurnsFast") == [
        f'last_over_time(trimtab_slo_burn_rate{{{labels},trimtab_slo_burn="fast"}}[35d]) > 14.4 or '
        f'last_over_time(trimtab_slo_burn_rate{{{labels},trimtab_slo_burn="medium"}}[35d]) > 6'
    ]
    assert expressions("TrimtabBudgetBurnsSlowly")[0].endswith("> 1")
    assert expressions("TrimtabBudgetSpent", slo=SloPolicy()) == []


def test_burn_rate_that_cannot_be_reached_is_not_watched():
    low = SloPolicy.model_validate({"response": {**SLO["response"], "objective": 0.9}})
    (fast,) = expressions("TrimtabBudgetBurnsFast", slo=low)
    assert '"medium"' in fast
    assert '"fast"' not in fast
    lowest = SloPolicy.model_validate({"response": {**SLO["response"], "objective": 0.5}})
    assert expressions("TrimtabBudgetBurnsFast", slo=lowest) == []
    assert len(expressions("TrimtabBudgetBurnsSlowly", slo=lowest)) == 1


def test_each_alert_links_to_a_heading_of_the_docs():
    page = (ROOT / "docs" / "telemetry.md").read_text()
    headings = {title.lower() for title in re.findall(r"^### (\w+)$", page, re.M)}
    links = {rule["annotations"]["runbook_url"] for rule in rules()}
    assert links == {f"https://docs.example.com/telemetry.md#{heading}" for heading in headings}


def test_hostile_name_of_a_model_stays_a_text():
    assert (
        r'trimtab_model="a\"} or vector(1) #"'
        in expressions("TrimtabRegistryProblem", name='a"} or vector(1) #')[0]
    )


SERIES = [
    # A counter that appears, as the first failure of a short process does.
    ('trimtab_run_duration_seconds_count{trimtab_pipeline="training",trimtab_outcome="failed"}', "_x5 1x60"),
    ('trimtab_gate_verdicts_total{trimtab_pipeline="training",trimtab_stage="judge",trimtab_gate="model",'
     'trimtab_gate_verdict="fail"}', "3x5 4x60"),
    ('trimtab_remote_errors_total{trimtab_remote="store",error_type="OSError"}', "2x600"),
    # One sample, and nothing after it.
    ('trimtab_drift_value{trimtab_model="flights",trimtab_drift_rule="max_score_psi"}', "0.51 _x600"),
    ('trimtab_drift_value{trimtab_model="flights",trimtab_drift_rule="max_metric_drop"}', "0.03 _x600"),
    ('trimtab_drift_bound{trimtab_model="flights",trimtab_drift_rule="max_metric_drop"}', "0.035 _x600"),
    ('trimtab_drift_value{trimtab_model="other",trimtab_drift_rule="max_domain_auc"}', "1 _x600"),
    ('trimtab_champion_metric{trimtab_model="flights",trimtab_metric="roc_auc"}', "0.61 _x600"),
    ('trimtab_approvals_waiting{trimtab_model="flights"}', "1 _x600"),
    ('trimtab_registry_problems{trimtab_model="flights",trimtab_part="data"}', "0 _x600"),
]  # fmt: skip
FIRING = {  # minutes to the alerts that fire then, with the label that tells them apart
    "10m": {"TrimtabRunFailed", "TrimtabGateFailed fail", "TrimtabRemoteErrors",
            "TrimtabDriftBound max_score_psi", "TrimtabChampionWorse"},
    "4h": {"TrimtabDriftBound max_score_psi", "TrimtabChampionWorse"},
    "320m": {"TrimtabDriftBound max_score_psi", "TrimtabChampionWorse", "TrimtabApprovalWaiting"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_rules_fire_on_what_they_say_and_on_nothing_else(tmp_path):
    made = make_alert_rules(watched(), "docs")
    (tmp_path / "trimtab.yml").write_text(yaml.safe_dump(made))
    promtool(tmp_path, "check", "rules", "trimtab.yml")
    tests = [
        {"eval_time": moment, "alertname": name, "exp_alerts": expected(made, moment, name)}
        for moment in FIRING
        for name in {rule["alert"] for rule in made["groups"][0]["rules"]}
    ]
    series = [{"series": name, "values": values} for name, values in SERIES]
    unit = {"interval": "1m", "input_series": series, "alert_rule_test": tests}
    content = {"rule_files": ["trimtab.yml"], "evaluation_interval": "1m", "tests": [unit]}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(content))
    promtool(tmp_path, "test", "rules", "test.yml")


def expected(made: dict[str, Any], moment: str, name: str) -> list[dict[str, Any]]:
    """The alerts of a name that fire at a moment, with the labels of their series, as promtool wants them."""
    found = []
    for rule in made["groups"][0]["rules"]:
        apart = rule["labels"].get("rule") or rule["labels"].get("verdict")
        if rule["alert"] != name or " ".join(filter(None, [name, apart])) not in FIRING[moment]:
            continue
        wanted = re.search(r"(\w+)\{([^}]*)\}", rule["expr"])
        assert wanted
        labels, value = next(
            (labels_of(series), values.split()[0].partition("x")[0])
            for series, values in SERIES
            if series.startswith(wanted[1] + "{")
            and labels_of(wanted[0]).items() <= labels_of(series).items()
        )
        summary = rule["annotations"]["summary"].replace("{{ $value }}", value)
        for label, text in labels.items():
            summary = summary.replace(f"{{{{ $labels.{label} }}}}", text)
        annotations = {**rule["annotations"], "summary": summary}
        found.append({"exp_labels": {**labels, **rule["labels"]}, "exp_annotations": annotations})
    return found


def labels_of(series: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]*)"', series))


def promtool(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
