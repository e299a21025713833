import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest

from trimtab.drift import DriftPolicy, build_reference, decide, measure, write_report
from trimtab.drift.report import with_outcome
from trimtab.learning import Units

POLICY = DriftPolicy(min_rows=1000, max_metric_drop=0.03, max_score_psi=0.25)
AXE = ("node", "npm", "chromium")


def reported(verdict, out, **labels):
    """Return the content of verdict.json, and the page."""
    write_report(verdict, out, **labels)

    def refuse(constant):
        raise ValueError(constant)

    content = json.loads((out / "verdict.json").read_text(), parse_constant=refuse)
    return content, (out / "report.html").read_text()


@pytest.fixture
def retrain(draw, reference):
    return decide(measure(reference, *draw(seed=2, skill=0.3)), POLICY)


def test_verdict_json_has_decision_rules_and_values(retrain, tmp_path):
    content, _ = reported(retrain, tmp_path / "new" / "folder", window="2013-06", champion="flights v1")

    assert content["schema"] == "trimtab.drift-verdict/3"
    assert (content["decision"], content["window"], content["champion"]) == (
        "retrain",
        "2013-06",
        "flights v1",
    )
    assert [rule["name"] for rule in content["rules"]][:3] == ["min_rows", "labels_differ", "max_metric_drop"]
    assert content["predictions"]["performance"]["roc_auc"]["change"] < -0.03
    assert {"name", "psi", "jensen_shannon", "wasserstein", "p_value"} <= content["features"][0].keys()


def test_page_has_the_decision_and_its_reason_first(retrain, tmp_path):
    _, page = reported(retrain, tmp_path, window="2013-06", champion="flights v1")

    assert page.index("2013-06") < page.index(retrain.sentence) < page.index("<table>")
    assert "flights v1" in page


def test_page_loads_nothing_from_outside(retrain, tmp_path):
    _, page = reported(retrain, tmp_path)
    assert not re.search(r"https?://|<script|<link|@import|url\(", page)


def test_page_is_well_formed(retrain, tmp_path):
    class Nesting(HTMLParser):
        open_tags: list[str] = []

        def handle_starttag(self, tag, attrs):
            if tag not in {"meta", "line", "path", "rect", "circle"}:
                self.open_tags.append(tag)

        def handle_endtag(self, tag):
            if tag not in {"line", "path", "rect", "circle"}:
                assert self.open_tags.pop() == tag

    parser = Nesting()
    parser.feed(reported(retrain, tmp_path)[1])
    assert parser.open_tags == []


def test_equal_verdicts_give_equal_bytes(draw, reference, retrain, tmp_path):
    again = decide(measure(reference, *draw(seed=2, skill=0.3)), POLICY)
    reported(retrain, tmp_path / "a")
    reported(again, tmp_path / "b")
    for name in ("verdict.json", "report.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_page_of_a_retrain_says_what_became_of_it(retrain, tmp_path):
    _, page = reported(retrain, tmp_path)
    assert 'What became of the retrain: <span id="outcome">it has no result yet.</span>' in page
    refused = with_outcome(page, "refused")
    assert "its model was not promoted, and the champion stayed." in refused
    assert with_outcome(with_outcome(refused, "promoted"), "promoted").count("its model was promoted.") == 1
    assert with_outcome("<p>it has no result yet.</p>", "failed") == "<p>it has no result yet.</p>"


def test_page_names_run_data_and_commit_and_links_only_servers(retrain, tmp_path):
    facts = [("Run", "drift_check/<r>", "javascript:alert(1)"), ("Commit", "9f2e", "https://git/9f2e")]
    write_report(retrain, tmp_path, facts=facts)
    page = (tmp_path / "report.html").read_text()
    assert "drift_check/&lt;r&gt;" in page
    assert "javascript" not in page
    assert '<a href="https://git/9f2e">9f2e</a>' in page


def test_page_calls_no_bound_normal(retrain, tmp_path):
    assert "normal" not in reported(retrain, tmp_path)[1].replace("white-space: normal", "").replace(
        "overflow-wrap: normal", ""
    )


def test_page_escapes_names(draw, tmp_path):
    features, scores, labels = draw(seed=1)
    features = features.rename(columns={"temp": "<b>temp"})
    verdict = decide(measure(build_reference(features, scores, labels), features, scores, labels), POLICY)

    _, page = reported(verdict, tmp_path, window="<i>June")

    assert "<b>temp" not in page
    assert "<i>June" not in page


@pytest.mark.parametrize("labels", [None, 0])
def test_unknown_performance_is_null_in_json_and_unknown_on_the_page(draw, reference, tmp_path, labels):
    features, scores, _ = draw(seed=2)
    given = labels if labels is None else np.full(len(features), labels)

    content, page = reported(decide(measure(reference, features, scores, given), POLICY), tmp_path)

    assert content["predictions"]["performance"]["roc_auc"]["window"] is None
    assert "unknown" in page
    assert "nan" not in page.lower()


@pytest.mark.parametrize("score", [0.0, 0.3, 1.0])
def test_page_of_constant_scores_is_written(draw, tmp_path, score):
    features, _, labels = draw(seed=1)
    flat = np.full(len(features), score)

    verdict = decide(measure(build_reference(features, flat, labels), features, flat, labels), POLICY)

    assert "<svg" in reported(verdict, tmp_path)[1]


def test_report_without_drift_is_written(draw, reference, tmp_path):
    content, page = reported(decide(measure(reference, *draw(seed=1)), POLICY), tmp_path)

    assert content["decision"] == "none"
    assert "Nothing to do" in page
    assert re.search(r"-0\.0\b", (tmp_path / "verdict.json").read_text()) is None


@pytest.mark.parametrize(("name", "title"), [("numbers", "MAE in EUR"), ("classes", "log loss")])
@pytest.mark.parametrize("labelled", [True, False])
def test_report_of_any_problem_type_names_its_metric(request, tmp_path, name, title, labelled):
    reference, draw = request.getfixturevalue(name), request.getfixturevalue(f"draw_{name}")
    features, predictions, labels = draw(seed=2, shift=0.5)
    verdict = decide(measure(reference, features, predictions, labels if labelled else None), DriftPolicy())

    content, page = reported(verdict, tmp_path, window="2013-06")

    assert title in page
    assert "ROC AUC of" not in page
    assert content["predictions"]["problem"] == reference.predictions.problem
    assert len(content["predictions"]["columns"]) == len(reference.predictions.columns)
    assert "nan" not in page.lower().replace("finance", "")


def test_report_shows_a_class_that_the_model_does_not_know(classes, draw_classes, tmp_path):
    features, predictions, labels = draw_classes(seed=2)
    labels[::10] = "fox"
    content, page = reported(decide(measure(classes, features, predictions, labels), DriftPolicy()), tmp_path)
    assert "share of fox" in page
    assert content["predictions"]["columns"][-1]["name"] == "probability_fox"


def test_report_says_how_much_rows_depend_on_each_other(draw, reference, tmp_path):
    features, scores, labels = draw(seed=2)
    units = [Units("account", np.arange(len(labels)) // 4, ordered=False)]
    verdict = decide(measure(reference, features, scores, labels, units=units), POLICY)
    content, page = reported(verdict, tmp_path)
    assert "In resamples of whole groups (500 values of &#39;account&#39;)" in page
    assert content["predictions"]["dependence"]["metric_effect"] >= 1


def test_report_of_independent_rows_says_nothing_of_dependence(retrain, tmp_path):
    content, page = reported(retrain, tmp_path)
    assert "depend on each other" not in page
    assert "dependence" not in content["predictions"]


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, AXE)), reason="needs node, npm and chromium")
def test_axe_finds_nothing_in_the_page_at_any_width_in_light_and_dark(retrain, tmp_path):
    from tests.library.control_room.axe import violations

    write_report(retrain, tmp_path, window="2013-06", champion="flights version 1")

    assert violations(tmp_path) == []
