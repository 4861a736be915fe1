# The package of this release: cmake/package.cmake says what is in it.
mkdir "$work/deb"
quietly "cpack" cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work/deb"
rm -f "$out"/sagactl_*_"$(dpkg --print-architecture)".deb
mv "$work"/deb/*.deb "$out"
