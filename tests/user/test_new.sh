#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The first things a newcomer does with libscxu: reads the FIFO example, makes a project, builds it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
O=$(realpath "${O:-build}")
scx_topo=$O/scx_topo
flags=
[ "$(nm "$O/libscxu.a" | grep -c __asan_init)" = 0 ] || flags='-fsanitize=address,undefined'
failures=0

expect() {
	[ "$2" = "$3" ] && return
	printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	failures=$((failures + 1))
}

# Lines that are neither blank nor comment, as the compiler sees it.
code_lines() {
	sed 's/^#/@/' "$1" | gcc -E -P - 2>/dev/null | grep -c '[^[:space:]]'
}
lines=$(code_lines src/user/examples/fifo.c)
expect "fifo.c has at most 15 lines of code" yes "$([ "$lines" -le 15 ] && echo yes || echo "$lines")"
expect "and more than none" yes "$([ "$lines" -ge 5 ] && echo yes || echo "$lines")"

# The best of three: a busy machine may be slow once.
best_ms=
for _ in 1 2 3; do
	start=$(date +%s%N)
	# shellcheck disable=SC2086 # several flags
	gcc -O2 -Wall $flags -Isrc/user -o "$tmp/fifo" src/user/examples/fifo.c -L"$O" -lscxu \
		-Wl,-rpath,"$O"
	expect "building fifo: status" 0 $?
	took_ms=$((($(date +%s%N) - start) / 1000000))
	[ $took_ms -gt "${best_ms:-1000000}" ] || best_ms=$took_ms
done
echo "fifo.c built in $best_ms ms"
expect "under 1 s" yes "$([ $best_ms -lt 1000 ] && echo yes || echo $best_ms)"

cd "$tmp" || exit 1
expect "new" "mine/mine.c is a scheduler. Build and start it:" \
	"$("$scx_topo" new mine | head -n 1)"
# The shared library lies where O says, the template looks into build.
mkdir tree && ln -s "$root/src" tree/src && ln -s "$O" tree/build
env -u MAKEFLAGS -u MAKELEVEL make -s -C mine SCXU="$tmp/tree" LDFLAGS="$flags" >make.log 2>&1 || cat make.log
expect "its help" "usage: mine" "$(mine/mine --help | head -n 1 | cut -c1-11)"
expect "no placeholder left" 0 "$(cat mine/* | grep -ac '@NAME@')"
output=$("$scx_topo" new mine 2>&1)
expect "twice: status" 1 $?
expect "twice: words" 1 "$(grep -c 'is there already' <<<"$output")"
for wrong in "" "../up" "1st" "a b" "-x" "$(printf '%065d' 0 | tr 0 x)"; do
	"$scx_topo" new "$wrong" >/dev/null 2>&1
	expect "new '$wrong'" 2 $?
done
"$scx_topo" new >/dev/null 2>&1
expect "new without a name" 2 $?

# The program's own bad input.
for wrong in "--stats 0" "--stats 1x" "--stats" "--what" "more"; do
	# shellcheck disable=SC2086 # several words
	output=$(mine/mine $wrong 2>&1)
	expect "mine $wrong: status" 2 $?
	expect "mine $wrong: one line" 1 "$(wc -l <<<"$output")"
done
if [ ! -e /sys/kernel/sched_ext ]; then
	output=$(mine/mine 2>&1)
	expect "no sched_ext: status" 77 $?
	expect "no sched_ext: one line" 1 "$(wc -l <<<"$output")"
fi
[ "$failures" = 0 ]
