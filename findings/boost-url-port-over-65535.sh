#!/usr/bin/env bash
# Boost.URL 1.81.0 (Debian 12's libboost1.81-dev 1.81.0-5+deb12u1), seen on 2026-11-29 with g++ 12.2:
# authority_view::port_number() documents 0 for a port that does not fit 16 bits. It checks for an overflow digit by
# digit and misses some: "host:99999" parses, port() is "99999", and port_number() is 34463, the remainder;
# "host:65536" gives 0 as documented. A program that takes port_number() connects to another port than the one that
# was written. Take the digits of port() instead. Output: 65535 -> 65535, 65536 -> 0, 65616 -> 0, 99999 -> 34463.
# Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download libboost1.81-dev=1.81.0-5+deb12u1 >/dev/null
dpkg -x libboost1.81-dev_*.deb boost
cat >ports.cpp <<'CPP'
#include <boost/url/parse.hpp>
#include <boost/url/src.hpp>
#include <cstdio>
#include <string>
int main() {
  for (const char* port : {"65535", "65536", "65616", "99999"})
    std::printf("%s %u\n", port, boost::urls::parse_authority(std::string("host:") + port)->port_number());
}
CPP
g++ -std=c++20 -Iboost/usr/include ports.cpp -o ports
./ports | tee seen
diff seen - <<'SEEN'
65535 65535
65536 0
65616 0
99999 34463
SEEN
echo "as described"
