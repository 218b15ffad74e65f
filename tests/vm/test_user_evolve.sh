#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: evolve keeps the better of four recorded policies, not those that are worse or broken
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
samples=${LONG:+3}

export O=${O:-build}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
expect_status "evolve" 0 "$O/scx_topo" evolve --spec 'wake sleepers soon beside hogs' \
	--start tests/user/answers/2.c --replay tests/user/answers --rounds 4 \
	--samples "${samples:-1}" --out "$out/evolved"
echo "$output"
expect "a better one" "kept" "$(sed -n 's/^round 1: .*, //p' <<<"$output")"
expect "a worse one" "not better" "$(sed -n 's/^round 2: .*, //p' <<<"$output")"
expect "one that does not compile" yes \
	"$(grep -q '^round 3: does not compile' <<<"$output" && echo yes)"
expect "one that stalls" yes "$(grep -q '^round 4: stalls' <<<"$output" && echo yes)"
expect "the best" "" "$(diff "$out/evolved/best.c" tests/user/answers/1.c 2>&1 | head -n 3)"
cat "$out/evolved/report.md"
finish
