#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What .setup does on machines other than this one, with stand-ins for dpkg and apt: it lists what is
# missing, asks nobody when nothing is, and needs no network for what is in the cache.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"

failures=0
expect() {
	[ "$2" = "$3" ] && return
	printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	failures=$((failures + 1))
}

# stand_in NAME: a program of that name that does what stdin says and comes first on PATH.
stand_in() {
	{ echo '#!/bin/bash'; cat; } >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}

deps() {
	errors=$(PATH=$tmp/bin:$PATH "$@" 2>&1 >/dev/null)
	status=$?
}

if ! command -v dpkg >/dev/null; then
	echo "no Debian: its packages cannot be asked for"
	exit 77
fi
stand_in apt-get <<<'echo "apt-get $*" >>'"$tmp/called; exit 100"
stand_in sudo <<<'echo "sudo $*" >>'"$tmp/called; exit 100"

# Everything is there, and new.
stand_in dpkg-query <<<'for name in "${@:4}"; do echo "installed $name 9:99"; done'
deps .setup/deps all
expect "complete machine: status" 0 "$status"
expect "complete machine: says" "" "$errors"

# Nothing is there.
stand_in dpkg-query <<<'exit 1'
deps env DEPS=no .setup/deps build
expect "bare machine: status" 1 "$status"
expect "bare machine: each package once" "$(grep -c ^build .setup/packages)" \
	"$(grep -c '^  [a-z]' <<<"$errors")"
expect "bare machine: says why" 1 "$(grep -c '^  clang-19 .* compiles the BPF program$' <<<"$errors")"
expect "bare machine: DEPS=no" "DEPS=no: not installing them" "$(tail -n 1 <<<"$errors")"

# One is there, but too old.
stand_in dpkg-query <<'END'
for name in "${@:4}"; do
	[ "$name" = libbpf-dev ] && echo "installed $name 1:1.1.2-0" | sed 's/1:1/1/' ||
		echo "installed $name 9:99"
done
END
deps env DEPS=no .setup/deps all
expect "old libbpf: status" 1 "$status"
expect "old libbpf: packages" libbpf-dev "$(sed -n 's/^  \([^ ]*\) .*/\1/p' <<<"$errors")"
expect "nothing was installed or fetched" "" "$(cat "$tmp/called" 2>/dev/null)"

# An installation that fails says what apt said.
stand_in apt-get <<<'echo "E: no network"; exit 100'
stand_in sudo <<<'exec "$@"'
deps .setup/deps all
expect "no network: status" 1 "$status"
expect "no network: says" "E: no network|deps: apt-get update failed" \
	"$(tail -n 2 <<<"$errors" | paste -sd '|')"

# What is in the cache is taken from there.
stand_in apt-get <<<'echo "apt-get $*" >>'"$tmp/called; exit 100"
export SCX_TOPO_CACHE=$tmp/cache
mkdir -p "$tmp/cache/kernels"
echo types >"$tmp/cache/vmlinux-7.3.4.h"
touch "$tmp/cache/kernels/vmlinuz-7.3.4+x" "$tmp/cache/kernels/vmlinuz-7.3.12+x"
deps .setup/vmlinux-h "$tmp/vmlinux.h"
expect "cached vmlinux.h: status" 0 "$status"
expect "cached vmlinux.h" types "$(cat "$tmp/vmlinux.h")"
expect "cached kernel: the newest" "$tmp/cache/kernels/vmlinuz-7.3.12+x" \
	"$(PATH=$tmp/bin:$PATH tests/vm/kernel 7.3)"
expect "nothing was fetched" "" "$(cat "$tmp/called" 2>/dev/null)"
deps tests/vm/kernel 6.16
expect "no network, not cached: status" 1 "$status"
expect "no network, not cached: lines" 1 "$(grep -c '^suite: ' <<<"$errors")"

echo "$failures failed"
[ "$failures" = 0 ]
