#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/vm/check with tests of its own: what it says of each, what it counts, and how many it runs at
# the same time.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/tests/vm"
cp tests/vm/check "$tmp/tests/vm"
cd "$tmp" || exit 1
failures=0

expect() { # WHAT WANTED GOT
	[ "$2" = "$3" ] || { echo "FAILED: $1: wanted $2, got $3" >&2 && failures=$((failures + 1)); }
}

# add NAME STATUS [CLOCK]: a test that notes how many of its sort run when it does
add() {
	local sort=${3:-alone}
	cat >"tests/vm/test_$1.sh" <<-END
		#!/bin/bash
		# Test: that it ends with $2
		# Clock: ${3:-}
		touch $sort/$1
		ls $sort | wc -l >>$sort.at_once
		sleep 0.\$((RANDOM % 3 + 1))
		rm $sort/$1
		echo "ok: fine"
		echo "all of $1"
		exit $2
	END
	chmod +x "tests/vm/test_$1.sh"
}

mkdir alone exact
for name in a b c d k l m n; do
	add $name 0 exact
done
for name in e f g h i j; do
	add $name 0
done
status=0
tests/vm/check >out 2>&1 || status=$?
expect "status" 0 "$status"
expect "counted" "14 passed, 0 failed" "$(tail -n 1 out)"
expect "told of each" 14 "$(grep -cE '^[a-n]  *PASS \([0-9]+ s\)$' out)"
expect "exact clocks, at once" yes "$([ "$(sort -n exact.at_once | tail -n 1)" -le "$(nproc)" ] && echo yes)"
expect "others, at once" 1 "$(sort -nu alone.at_once)"

add e 1
add f 77
tests/vm/check e f g >out 2>&1 || status=$?
expect "one fails: status" 1 "$status"
expect "one fails: counted" "1 passed, 1 failed, 1 skipped" "$(tail -n 1 out)"
expect "one fails: which" "FAIL: e" "$(grep ^FAIL out)"
expect "one fails: why" "    | all of e" "$(grep '|' out)"
expect "skipped: why" yes "$(grep -q '^f  *SKIP: all of f' out && echo yes)"

status=0
tests/vm/check nothing >out 2>&1 || status=$?
expect "no such test: status" 2 "$status"

# Ended, it takes along what it runs.
sed -i 's/sleep .*/sleep 98.76/' tests/vm/test_g.sh
tests/vm/check g >out 2>&1 &
until [ -e alone/g ]; do sleep 0.05; done
kill -TERM $!
wait $!
expect "ended: status" 143 $?
sleep 0.2
expect "ended: nothing left" "" "$(pgrep -f 'sleep 98.76')"
[ "$failures" = 0 ]
