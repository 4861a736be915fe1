# Run by systemd, by tools/package --check: a node as its unit says, and then, where there is a package, its removal.
set -euo pipefail
broken() {
  printf 'BROKEN: %s\n' "$*" >&2
  journalctl --no-pager -u sagactl@node-7 | tail -n 30 >&2
  exit 1
}
systemctl --version | head -n 1
install -m 640 -g sagactl /dev/stdin /etc/sagactl/environment <<<"JWT_SECRET=0123456789abcdef0123456789abcdef"
echo PORT=3456 >/etc/sagactl/node-7.environment
systemctl enable --now sagactl@node-7 >/dev/null 2>&1 || broken "it does not start"

as_node=(setpriv --reuid=sagactl --regid=sagactl --clear-groups sagactl --data /var/lib/sagactl/node-7 --url http://127.0.0.1:3456)
for _ in $(seq 100); do
  ! "${as_node[@]}" saga list >/dev/null 2>&1 || break
  systemctl is-active -q sagactl@node-7 || broken "it ended"
  sleep 0.2
done
"${as_node[@]}" order create --item BOOK:2:9.50 --wait >/tmp/order 2>&1 || broken "$(cat /tmp/order)"
# Some payments are declined: that is simulated as well.
grep -qE '^saga *(completed|compensated)' /tmp/order || broken "$(cat /tmp/order)"

pid=$(systemctl show -P MainPID sagactl@node-7)
grep -q '^CapBnd:.*0000000000000000$' "/proc/$pid/status" || broken "it may have capabilities"
grep -q '^NoNewPrivs:.*1$' "/proc/$pid/status" || broken "it may get further rights"
grep -q '^Seccomp:.*2$' "/proc/$pid/status" || broken "its system calls are not filtered"
[[ $(stat -c %U "/proc/$pid") == sagactl ]] || broken "it runs as $(stat -c %U "/proc/$pid")"
[[ $(stat -c '%U %a' /var/lib/sagactl/node-7) == "sagactl 700" ]] || broken "others can read its data"

# A node that is killed comes back by itself, with its state.
kill -s KILL "$pid"
for _ in $(seq 100); do
  ! "${as_node[@]}" saga list >/tmp/sagas 2>/dev/null || break
  sleep 0.2
done
grep -qE 'completed|compensated' /tmp/sagas || broken "it did not come back: $(cat /tmp/sagas)"
systemctl stop sagactl@node-7
[[ $(systemctl show -P Result sagactl@node-7) == success ]] || broken "it ended with $(systemctl show -P Result sagactl@node-7)"

[[ -e /var/lib/dpkg/info/sagactl.list ]] || exit 0
mapfile -t files < <(dpkg -L sagactl)
systemctl start sagactl@node-7
DEBIAN_FRONTEND=noninteractive apt-get remove -y -qq sagactl >/tmp/log 2>&1 || broken "$(cat /tmp/log)"
! systemctl is-active -q sagactl@node-7 || broken "it still runs"
for file in "${files[@]}"; do [[ -d $file || ! -e $file ]] || broken "$file is still there"; done
dpkg --purge sagactl >/tmp/log 2>&1 || broken "$(cat /tmp/log)"
[[ -e /var/lib/sagactl/node-7/saga.db && -e /etc/sagactl/environment ]] || broken "data or settings went with the package"
