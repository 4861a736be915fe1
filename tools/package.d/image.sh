# The image, by whatever builds images here.
engine=$(command -v docker || command -v podman) || engine=
if [[ -z $engine ]]; then
  [[ -n $all ]] || fail "needs docker or podman to build the image"
  say "there is no docker or podman: the image is not built" >&2
else
  quietly "building the image" "$engine" build -t "sagactl:$version" .
  "$engine" save "sagactl:$version" | gzip -n >"$work/image"
  mv "$work/image" "$out/sagactl-$version-image-$machine.tar.gz"
fi
