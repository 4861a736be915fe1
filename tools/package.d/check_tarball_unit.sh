# Run as root on a release as just installed, by tools/package --check: installs systemd and, as docs/install.md says,
# the tarball $TARBALL of /dist for it.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends systemd >/dev/null 2>&1
tar -xzf "/dist/$TARBALL" -C /opt
mv /opt/sagactl-* /opt/sagactl
ln -s /opt/sagactl/bin/sagactl /usr/local/bin/sagactl
cp '/opt/sagactl/share/systemd/sagactl@.service' /etc/systemd/system/
systemd-sysusers /opt/sagactl/share/systemd/sysusers.conf
systemd-tmpfiles --create /opt/sagactl/share/systemd/tmpfiles.conf
