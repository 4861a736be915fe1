# tools/package --check: each as somebody would install it, in a folder that holds nothing but a release.
((EUID == 0)) || fail "--check needs root"
[[ $out == "$PWD/dist" ]] || fail "--check looks at dist, and nowhere else"
found=

# The code name of the release that a package is for, by its version.
release_of() {
  case $1 in
    *+debian12_*) echo bookworm ;;
    *+debian13_*) echo trixie ;;
    *+ubuntu24.04_*) echo noble ;;
    *+ubuntu26.04_*) echo resolute ;;
    *) fail "for which release is $1?" ;;
  esac
}
for deb in "$out"/sagactl_*_"$(dpkg --print-architecture)".deb; do
  [[ -e $deb ]] || continue
  found=yes
  release=$(release_of "$deb")
  say "$(basename "$deb") on $release"
  tools/on --boot "$release" "DEB=$(basename "$deb")"$'\n'"$(cat tools/package.d/check_deb.sh)" "$(cat tools/package.d/check_unit.sh)" ||
    fail "the package: see above"
done

for tarball in "$out"/sagactl-*-linux-"$machine".tar.gz; do
  [[ -e $tarball ]] || continue
  found=yes
  # The oldest, Ubuntu 18.04, has an older C library than any system of the last six years.
  releases="trixie bookworm bullseye"
  [[ ! -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ]] || releases+=" bionic"
  for release in $releases; do
    say "$(basename "$tarball") on $release"
    tools/on --clean "$release" bash -c "$(cat tools/package.d/check_tarball.sh)" bash "$(basename "$tarball")" ||
      fail "the tarball on $release: see above"
  done
  say "$(basename "$tarball") run by systemd on trixie"
  tools/on --boot trixie "TARBALL=$(basename "$tarball")"$'\n'"$(cat tools/package.d/check_tarball_unit.sh)" \
    "$(cat tools/package.d/check_unit.sh)" || fail "the tarball's unit: see above"
done

for list in "$out"/sagactl-*.cdx.json; do
  [[ -e $list ]] || continue
  found=yes
  say "$(basename "$list") by CycloneDX' own schema"
  if [[ ! -d $work/cyclonedx ]]; then
    quietly "making a Python environment" python3 -m venv "$work/cyclonedx"
    quietly "pip install" "$work/cyclonedx/bin/pip" install 'cyclonedx-python-lib[json-validation]==11.5.0'
  fi
  "$work/cyclonedx/bin/python" - "$list" <<'END' || fail "see above"
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[1]).read())
sys.exit(f"sbom: {wrong}" if wrong else 0)
END
done
[[ -n $found ]] || fail "there is nothing to check in dist"
say "everything installs, runs and goes again"
