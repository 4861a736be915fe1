# The package of this release: cmake/package.cmake says what is in it. Those of other releases stay beside it.
mkdir "$work/deb"
quietly "cpack" cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work/deb"
for made in "$work"/deb/*.deb; do
  rm -f "$out"/sagactl_*-"${made##*-}"
  mv "$made" "$out"
done
