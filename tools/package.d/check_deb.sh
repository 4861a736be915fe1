# Run as root on a release as just installed, by tools/package --check: installs systemd and the package $DEB of /dist.
set -euo pipefail
broken() {
  printf 'BROKEN: %s\n' "$*" >&2
  exit 1
}
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends systemd >/tmp/log 2>&1 || broken "$(cat /tmp/log)"
apt-get install -y -qq --no-install-recommends "/dist/$DEB" >/tmp/log 2>&1 || broken "$(cat /tmp/log)"
sagactl --version
[[ $(stat -c '%U:%G %a' /etc/sagactl) == "root:sagactl 750" ]] || broken "/etc/sagactl: $(stat -c '%U:%G %a' /etc/sagactl)"
[[ $(stat -c '%U:%G %a' /var/lib/sagactl) == "sagactl:sagactl 750" ]] || broken "/var/lib/sagactl"
systemd-analyze verify sagactl@node-7.service 2>&1 | grep sagactl@ | grep -v "Command 'man" >/tmp/verify || true
[[ ! -s /tmp/verify ]] || broken "systemd does not like the unit: $(cat /tmp/verify)"
