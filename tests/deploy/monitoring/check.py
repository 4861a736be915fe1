"""Holds the alerts, the dashboards, the runbooks and the table of metrics against each other; prints what is wrong.

check.py rules FILE: writes the dashboards' expressions to FILE as recording rules, for promtool to read.
"""
import glob
import json
import os
import re
import sys

import yaml

HEADINGS = ["What it means", "What to look at", "What to do", "How to see that it is over"]
wrong = []


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def documented_metrics():
    """Name -> labels, of every metric in docs/metrics.md; histograms by the names of their series."""
    metrics = {"up": {"job", "instance"}, "sagactl_build_info": {"version", "revision"}}
    text = text_of("docs/metrics.md")
    for name in re.findall(r"`(process_\w+)`", text):
        metrics[name] = set()
    for name, kind, labels in re.findall(r"^\| `(sagactl_\w+)` \| (\w+) \| ([^|]*)\|", text, re.M):
        labels = set(re.findall(r"`(\w+)`", labels.split(":")[0]))
        for ending in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            metrics[name + ending] = labels | ({"le"} if ending == "_bucket" else set())
    return metrics


def check_expression(where, expression, metrics):
    names = re.findall(r"\b(?:sagactl|process)_\w+|\bup\b", expression)
    if not names:
        wrong.append(f"{where}: names no metric: {expression}")
    allowed = {"job", "instance"}
    for name in names:
        if name not in metrics:
            wrong.append(f"{where}: {name} is not in docs/metrics.md")
        allowed |= metrics.get(name, set())
    used = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", expression)
    for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", expression):
        used += re.findall(r"\w+", group)
    for label in used:
        if label not in allowed:
            wrong.append(f"{where}: no metric of it has the label {label}: {expression}")


def check_alerts(metrics):
    rules = yaml.safe_load(text_of("docs/prometheus/alerts.yml"))["groups"][0]["rules"]
    tests = yaml.safe_load(text_of("tests/deploy/monitoring/alerts_test.yml"))["tests"]
    names = [rule["alert"] for rule in rules]
    for rule in rules:
        name = rule["alert"]
        check_expression(name, rule["expr"], metrics)
        runbook = f"docs/runbooks/{name}.md"
        if rule["annotations"].get("runbook_url") != runbook:
            wrong.append(f"{name}: its runbook_url is not {runbook}")
        expected = [bool(one["exp_alerts"]) for test in tests for one in test["alert_rule_test"] if one["alertname"] == name]
        if sorted(expected) != [False, True]:
            wrong.append(f"{name}: has no test that raises it and one that does not")
        if f"runbooks/{name}.md)" not in text_of("docs/operations.md"):
            wrong.append(f"{name}: docs/operations.md does not link its runbook")
    books = {os.path.basename(path)[:-3]: text_of(path) for path in glob.glob("docs/runbooks/*.md")}
    for name in set(names) ^ set(books):
        wrong.append(f"{name}: is an alert without a runbook, or a runbook without an alert")
    for name, text in books.items():
        if re.findall(r"^#+ (.*)$", text, re.M) != [name] + HEADINGS:
            wrong.append(f"docs/runbooks/{name}.md: its headings are not {HEADINGS}")
        if "sagactl " not in text:
            wrong.append(f"docs/runbooks/{name}.md: names no command")
        for quoted in re.findall(r"`([^`\n]*(?:sagactl|process)_[^`\n]*)`", text):
            # Prose names a histogram by its name, without the ending of one of its series.
            is_histogram = quoted + "_bucket" in metrics
            check_expression(f"docs/runbooks/{name}.md", quoted + "_bucket" * is_histogram, metrics)
    return len(names)


def check_recording(metrics):
    rules = yaml.safe_load(text_of("docs/prometheus/recording.yml"))["groups"][0]["rules"]
    tests = text_of("tests/deploy/monitoring/recording_test.yml")
    for rule in rules:
        check_expression(rule["record"], rule["expr"], metrics)
        if rule["record"] not in tests:
            wrong.append(f"{rule['record']}: has no test")


def dashboards():
    return {path: json.loads(text_of(path)) for path in sorted(glob.glob("charts/sagactl/dashboards/*.json"))}


def panels_with_queries(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def overlap(one, other):
    return (one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"] and
            one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"])


def check_dashboard(path, dashboard, metrics):
    if os.path.basename(path) != dashboard["uid"] + ".json":
        wrong.append(f"{path}: is not called by its uid")
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    panels = dashboard["panels"]
    if len({panel["id"] for panel in panels}) != len(panels):
        wrong.append(f"{path}: two panels have one id")
    for index, panel in enumerate(panels):
        place = panel["gridPos"]
        if place["x"] + place["w"] > 24 or any(overlap(place, other["gridPos"]) for other in panels[:index]):
            wrong.append(f"{path}: {panel['title']} covers another panel, or is beyond the edge")
    for panel in panels_with_queries(dashboard):
        where = f"{path}, {panel['title']}"
        if not panel.get("description") or not panel["fieldConfig"]["defaults"].get("unit"):
            wrong.append(f"{where}: needs a description and a unit")
        for target in panel["targets"]:
            if target["datasource"]["uid"] != "${datasource}":
                wrong.append(f"{where}: does not ask the data source that is chosen")
            check_expression(where, target["expr"], metrics)
            for variable in re.findall(r"\$(?!__)(\w+)", target["expr"]):
                if variable not in variables:
                    wrong.append(f"{where}: there is no variable {variable}")
    for variable in dashboard["templating"]["list"]:
        asked = re.match(r"label_values\((\w+), (\w+)\)", variable.get("definition", ""))
        if asked and (asked[1] not in metrics or asked[2] not in metrics[asked[1]] | {"instance"}):
            wrong.append(f"{path}: {variable['definition']}: there is no such metric or label")


def write_rules(path):
    rules = []
    for dashboard in dashboards().values():
        for panel in panels_with_queries(dashboard):
            for target in panel["targets"]:
                expression = re.sub(r"\$__(rate_interval|range)", "5m", target["expr"])
                rules.append({"record": f"panel:{len(rules)}", "expr": re.sub(r"\$\w+", ".*", expression)})
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}, file)


if sys.argv[1:2] == ["rules"]:
    write_rules(sys.argv[2])
    sys.exit()
known = documented_metrics()
alerts = check_alerts(known)
check_recording(known)
boards = dashboards()
for board_path, board in boards.items():
    check_dashboard(board_path, board, known)
if alerts < 10 or len(boards) < 3 or len(known) < 40:
    wrong.append(f"found only {alerts} alerts, {len(boards)} dashboards, {len(known)} metrics")
print(*wrong, sep="\n")
sys.exit(bool(wrong))
