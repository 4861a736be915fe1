#!/usr/bin/env bash
# prometheus-cpp 1.0.1 (Debian 12's prometheus-cpp-dev 1.0.1-1), seen on 2026-11-29: TextSerializer writes the help of
# a metric as it is, although the text format (version 0.0.4) wants a backslash as \\ and a line feed as \n there;
# values of labels are escaped. A help of two lines therefore ends the comment, its second line is read as a sample,
# and the whole answer is refused: by PyPI's prometheus-client 0.20.0 with ValueError, and every metric of that
# scrape is lost, not only the one. The library checks names, and says nothing about helps.
# What to do: give helps of one line, without a backslash. Output seen: the three lines below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download prometheus-cpp-dev=1.0.1-1 libprometheus-cpp-core1.0=1.0.1-1 >/dev/null
for package in *.deb; do dpkg -x "$package" prometheus; done
library=$(echo prometheus/usr/lib/*-linux-gnu)
cat >write.cpp <<'END'
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <iostream>
int main() {
  prometheus::Registry registry;
  auto& family = prometheus::BuildCounter().Name("orders_total").Help("Orders.\nOf all nodes.").Register(registry);
  family.Add({{"path", "a\\b\nc"}}).Increment();
  std::cout << prometheus::TextSerializer().Serialize(registry.Collect());
}
END
g++ -std=c++17 -Iprometheus/usr/include write.cpp -L"$library" -lprometheus-cpp-core \
  -Wl,-rpath,"$PWD/$library" -o write
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check prometheus-client==0.20.0
./write | tee written
diff written - <<'END'
# HELP orders_total Orders.
Of all nodes.
# TYPE orders_total counter
orders_total{path="a\\b\nc"} 1
END
python/bin/python - <<'END' | tee read
from prometheus_client.parser import text_string_to_metric_families
try:
    print(list(text_string_to_metric_families(open("written").read())))
except ValueError as error:
    print("refused:", type(error).__name__)
END
grep -qx 'refused: ValueError' read
echo "as described"
