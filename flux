#!/bin/sh
# Starts flux in the caller's directory. The first start installs and bundles (progress on stderr only); later ones
# bundle again only when a source is newer than the bundle. Each word here is paid at every start: no program is run
# for what the shell can do itself.
set -e
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in /*) self=$target ;; *) self=${self%/*}/$target ;; esac
done
root=${self%/*}
bundle=$root/dist/bundle/flux.cjs
if [ ! -f "$bundle" ] || [ ! -f "$root/node_modules/.flux-ts-lock" ] || [ -n "$(find "$root"/packages/*/src "$root"/packages/*/assets "$root"/packages/*/package.json "$root/package-lock.json" "$root/tools" -newer "$bundle" -type f ! -name '*.test.ts' 2>/dev/null)" ]; then
  node "$root/tools/build.mjs" >&2
fi
# Node reads these certificates before anything else, for 35 ms; these commands never open a connection.
case "$1 $2" in 'helm '* | 'version --client') unset NODE_EXTRA_CA_CERTS ;; esac
exec node "$bundle" "$@"
