#!/usr/bin/env bash
# yaml-cpp 0.7.0 (Debian 12's libyaml-cpp-dev 0.7.0+dfsg-8+b1), seen on 2026-11-29: a parser of YAML 1.2 by its page.
# - A key that stands twice in a map is kept twice: size() counts both, a loop meets both, and [] gives the first.
#   YAML 1.2 (3.2.1.3) wants keys to be unique; PyYAML 6.0.1 keeps the last. So two programs that read one file act on
#   different values, and neither says a word.
# - as<int>() reads 010 as 8, as YAML 1.1 does, and refuses 0o10, which is how YAML 1.2 (10.3.2) writes octal numbers;
#   there 010 is ten.
# What to do: walk a map and refuse a key that was seen, and convert scalars by a schema of one's own.
# Output seen: size 2, first 1, 010 -> 8, 0o10 refused; PyYAML: 2 and 8. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download libyaml-cpp-dev=0.7.0+dfsg-8+b1 libyaml-cpp0.7=0.7.0+dfsg-8+b1 >/dev/null
for package in *.deb; do dpkg -x "$package" yaml; done
library=$(echo yaml/usr/lib/*-linux-gnu)
cat >read.cpp <<'END'
#include <yaml-cpp/yaml.h>
#include <iostream>
int main() {
  const YAML::Node map = YAML::Load("attempts: 1\nattempts: 2\n");
  std::cout << "size " << map.size() << ", [] gives " << map["attempts"].as<int>() << '\n';
  for (const char* number : {"010", "0o10"}) {
    try {
      const int read = YAML::Load(number).as<int>();
      std::cout << number << " is " << read << '\n';
    } catch (const YAML::BadConversion&) {
      std::cout << number << " is refused\n";
    }
  }
}
END
g++ -std=c++17 -Iyaml/usr/include read.cpp -L"$library" -lyaml-cpp -Wl,-rpath,"$PWD/$library" -o read
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check PyYAML==6.0.1
{
  ./read
  python/bin/python -c 'import yaml; print("PyYAML gives", yaml.safe_load("attempts: 1\nattempts: 2\n")["attempts"], "and", yaml.safe_load("010"))'
} | tee seen
diff seen - <<'END'
size 2, [] gives 1
010 is 8
0o10 is refused
PyYAML gives 2 and 8
END
echo "as described"
