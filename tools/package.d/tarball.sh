# The tarball: the program with every library that it loads, the C library and the loader of programs among them. So it
# runs with whatever C library a machine has, or with none.
stage=$work/$name
mkdir "$work/installed"
quietly "cmake --install" env DESTDIR="$work/installed" cmake --install "$build" --prefix /opt/sagactl
mv "$work/installed/opt/sagactl" "$stage"

lib=$stage/lib/sagactl
mkdir "$lib" "$stage/share/systemd" "$stage/share/doc"
mv "$stage/lib/systemd/system/sagactl@.service" "$stage/share/systemd/sagactl@.service"
mv "$stage/lib/sysusers.d/sagactl.conf" "$stage/share/systemd/sysusers.conf"
mv "$stage/lib/tmpfiles.d/sagactl.conf" "$stage/share/systemd/tmpfiles.conf"
rm -r "$stage"/lib/{systemd,sysusers.d,tmpfiles.d}
strip -o "$lib/program" "$stage/bin/sagactl"
install -m 0755 packaging/tarball/sagactl "$stage/bin/sagactl"
loader=$(LC_ALL=C readelf -l "$program" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
# It gets the program to load by its own name, so it is not there twice: see packaging/tarball/sagactl.
install -m 0755 "$(readlink -f "$loader")" "$lib/sagactl"
! ldd "$program" | grep -q 'not found' || fail "$program does not find its libraries here"
while read -r library; do
  install -m 0644 "$(readlink -f "$library")" "$lib/$(basename "$library")"
done < <(ldd "$program" | awk '$2 == "=>" { print $3 }')

# The libraries' licences go with them, and the list of them all.
tools/package.d/sbom --build "$build" --version "$version" --licences "$stage/share/doc" >"$stage/share/sbom.cdx.json"
cp -rL /usr/share/common-licenses "$stage/share/doc/common-licenses"  # which they refer to
install -m 0644 LICENSE "$stage/share/doc/LICENSE"
sed -e "s/@version@/$version/g" -e "s/@machine@/$machine/g" packaging/tarball/README >"$stage/README"

# The same sources make the same bytes.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
tar -C "$work" --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode=go-w -cf - "$name" |
  gzip -9n >"$work/tarball"
mv "$work/tarball" "$out/$name.tar.gz"
rm -r "$stage"
