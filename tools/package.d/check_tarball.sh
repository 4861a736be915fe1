# Run as root in a clean folder by tools/package --check: unpacks the tarball $1 of /dist, runs three nodes and a load test
# of it, and deletes it again.
set -euo pipefail
broken() {
  printf 'BROKEN: %s\n' "$*" >&2
  exit 1
}
sed -n 's/^PRETTY_NAME=//p' /etc/os-release
tar -xzf "/dist/$1" -C /opt
mv /opt/sagactl-* /opt/sagactl
ln -s /opt/sagactl/bin/sagactl /usr/local/bin/sagactl
cd /tmp
sagactl --version
mkdir -p /etc/pki/tls/certs
touch /etc/pki/tls/certs/ca-bundle.crt
sagactl serve --nodes 3 --payment-delay 1ms..20ms >nodes 2>&1 &
node=$!
for _ in $(seq 200); do
  (($(grep -c accepts nodes || true) < 3)) || break
  kill -0 $node 2>/dev/null || broken "the nodes ended: $(cat nodes)"
  sleep 0.1
done
[[ $(cat /proc/$node/comm) == sagactl ]] || broken "its process is called $(cat /proc/$node/comm)"
# Authorities are where another system has them.
if [[ ! -d /usr/lib/ssl/certs ]]; then
  tr '\0' '\n' <"/proc/$node/environ" | grep -qxF SSL_CERT_FILE=/etc/pki/tls/certs/ca-bundle.crt || broken "it finds no authorities"
fi
! grep -E ' /.*\.so' /proc/$node/maps | grep -v ' /opt/sagactl/lib/sagactl/' || broken "it loads libraries of the machine"
sagactl loadtest mixed >result 2>&1 || broken "$(cat result)"
grep '^Verdict: PASS' result || broken "$(cat result)"
kill -TERM $node
code=0
wait $node || code=$?
((code == 0)) || broken "it ended with $code: $(cat nodes)"
rm -r /opt/sagactl /usr/local/bin/sagactl
