# needs_built BUILD_DIRECTORY PROGRAM...: benchmark programs, which tools/build does not build.
needs_built() {
  local build=$1 program
  shift
  for program; do
    [[ -x $build/$program ]] && continue
    echo "$build/$program is not built: cmake --build $build --target $program" >&2
    exit 2
  done
}
