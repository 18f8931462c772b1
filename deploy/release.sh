#!/usr/bin/env bash
# Makes a release in dist/: static binaries for five platforms, packages for
# Debian, checksums.
#
#   deploy/release.sh 1.2.3
#
# The binaries say the version of the commit that they are built from: tag it first.
set -euo pipefail
cd "$(dirname "$0")/.."
VERSION=${1:?usage: deploy/release.sh VERSION}
DIST=${DIST:-dist}
export VERSION DIST

rm -rf "$DIST"
mkdir -p "$DIST/completions"

for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64; do
  os=${platform%/*} arch=${platform#*/}
  name=marsad-$os-$arch
  [ "$os" != windows ] || name=$name.exe
  echo "$name"
  CGO_ENABLED=0 GOOS=$os GOARCH=$arch go build -trimpath -ldflags='-s -w' -o "$DIST/$name" ./cmd/marsad
done

go run ./cmd/marsad completion bash >"$DIST/completions/marsad.bash"
go run ./cmd/marsad completion zsh >"$DIST/completions/_marsad"
go run ./cmd/marsad completion fish >"$DIST/completions/marsad.fish"

nfpm=$(mktemp)
trap 'rm -f "$nfpm"' EXIT
go build -C tools/nfpm -o "$nfpm" github.com/goreleaser/nfpm/v2/cmd/nfpm
for ARCH in amd64 arm64; do
  export ARCH
  "$nfpm" package --config deploy/nfpm.yaml --packager deb --target "$DIST/"
done

(cd "$DIST" && sha256sum marsad[-_]* >SHA256SUMS)
