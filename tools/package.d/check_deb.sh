# Run as root in a clean folder by tools/package --check: installs the package $1 of /dist, runs a node as its unit says,
# and removes it again.
set -euo pipefail
broken() {
  printf 'BROKEN: %s\n' "$*" >&2
  exit 1
}
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends systemd >/dev/null 2>&1
apt-get install -y -qq --no-install-recommends "/dist/$1" >/tmp/log 2>&1 || broken "$(cat /tmp/log)"
sagactl --version
mapfile -t files < <(dpkg -L sagactl)

[[ $(stat -c '%U:%G %a' /etc/sagactl) == "root:sagactl 750" ]] || broken "/etc/sagactl: $(stat -c '%U:%G %a' /etc/sagactl)"
[[ $(stat -c '%U:%G %a' /var/lib/sagactl) == "sagactl:sagactl 750" ]] || broken "/var/lib/sagactl"
printf 'JWT_SECRET=0123456789abcdef0123456789abcdef\n' >/etc/sagactl/environment
printf 'PORT=3456\n' >/etc/sagactl/node-7.environment

unit=/usr/lib/systemd/system/sagactl@.service
systemd-analyze verify sagactl@node-7.service 2>&1 | grep -v "Command 'man" | tee /tmp/verify
[[ ! -s /tmp/verify ]] || broken "systemd does not like the unit"
SYSTEMD_COLORS=0 systemd-analyze security --no-pager --offline=yes --threshold=20 sagactl@node-7.service | tail -n 1

# The unit's command line, with its environment, user, folder and rights: what systemd would do.
of_unit() { sed -n "s/^$1=//p" $unit | sed 's/%i/node-7/g'; }
environment=()
while IFS= read -r line; do environment+=("$line"); done < <(of_unit Environment)
for file in $(of_unit EnvironmentFile); do
  while IFS= read -r line; do environment+=("$line"); done <"${file#-}"
done
state=/var/lib/$(of_unit StateDirectory)
install -d -m "$(of_unit StateDirectoryMode)" -o "$(of_unit User)" -g "$(of_unit Group)" "$state"
read -ra command <<<"$(of_unit ExecStart)"
as_unit=(env -i "PATH=/usr/bin:/bin" "${environment[@]}" setpriv "--reuid=$(of_unit User)" "--regid=$(of_unit Group)"
  --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all)
"${as_unit[@]}" "${command[@]}" >/tmp/node 2>&1 &
node=$!
for _ in $(seq 200); do
  ! grep -q accepts /tmp/node || break
  kill -0 $node 2>/dev/null || broken "the node ended: $(cat /tmp/node)"
  sleep 0.1
done
order=("${as_unit[@]}" sagactl order create --url http://127.0.0.1:3456 --data "$state" --item BOOK:2:9.50 --wait)
"${order[@]}" >/tmp/order 2>&1 || broken "$(cat /tmp/order /tmp/node)"
grep -q '^status *paid' /tmp/order || broken "$(cat /tmp/order)"
kill -TERM $node
code=0
wait $node || code=$?
((code == 0)) || broken "it ended with $code: $(cat /tmp/node)"

apt-get remove -y -qq sagactl >/tmp/log 2>&1 || broken "$(cat /tmp/log)"
for file in "${files[@]}"; do [[ -d $file || ! -e $file ]] || broken "$file is still there"; done
[[ -e $state/saga.db ]] || broken "a node's data went with the package"
dpkg --purge sagactl >/tmp/log 2>&1 || broken "$(cat /tmp/log)"
