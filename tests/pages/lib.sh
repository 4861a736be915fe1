# What the tests of the pages share. Sourced; needs bash. Copies web/ into $work/web, with the packages that
# web/package-lock.json names.
source "$(dirname "${BASH_SOURCE[0]}")/../deploy/lib.sh"

code=0
tools=$(tools/web-tools 2>"$work/why") || code=$?
if ((code != 0)); then
  # Skipped on a machine without Node.js, also in CI.
  [[ $code != 77 ]] || CI=
  skip "$(cat "$work/why")"
fi
mkdir "$work/web"
tar -C web --exclude=./node_modules --exclude=./dist -cf - . | tar -C "$work/web" -xf -
ln -s "$tools/node_modules" "$work/web/node_modules"
