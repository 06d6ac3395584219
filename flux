#!/bin/sh
# Starts flux in the caller's directory. The first start installs and bundles (progress on stderr only); later ones
# bundle again only when a source is newer than the bundle.
set -e
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in /*) self=$target ;; *) self=$(dirname "$self")/$target ;; esac
done
root=$(cd "$(dirname "$self")" && pwd -P)
bundle=$root/dist/bundle/flux.cjs
if [ ! -f "$bundle" ] || [ ! -f "$root/node_modules/.flux-ts-lock" ] || [ -n "$(find "$root/packages" "$root/package-lock.json" "$root/tools/build.mjs" -name node_modules -prune -o -type f \( -path '*/src/*' -o -path '*/assets/*' -o -name package.json -o -name package-lock.json -o -name build.mjs \) ! -name '*.test.ts' -newer "$bundle" -print 2>/dev/null | head -n 1)" ]; then
  node "$root/tools/build.mjs" >&2
fi
exec node "$bundle" "$@"
