"""Has /metrics read by Prometheus' own parsers, in both formats, and holds them against each other."""
import os
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open_metrics
from prometheus_client.parser import text_string_to_metric_families as read_text


def scrape(accept):
    request = urllib.request.Request(os.environ["NODE"] + "/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def names(families):
    return {(sample.name, tuple(sorted(item for item in sample.labels.items() if item[0] != "le")))
            for family in families for sample in family.samples}


kind, text = scrape("text/plain")
assert kind.startswith("text/plain; version=0.0.4"), kind
families = list(read_text(text))
for family in families:
    assert family.documentation, family.name
    assert family.type in ("counter", "gauge", "histogram"), (family.name, family.type)

open_kind, open_text = scrape("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
assert open_kind.startswith("application/openmetrics-text; version=1.0.0"), open_kind
open_families = list(read_open_metrics(open_text))

# A series of HTTP durations begins with the first answer of its status: the first scrape is in the second.
missing = names(families) - names(open_families)
assert not missing, sorted(missing)[:10]
print(len(families), "families")
