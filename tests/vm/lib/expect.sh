# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the tests in tests/vm: checks that go on after a failure, and count them.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 1
vm=tests/vm/run
failures=0

# expect WHAT WANTED GOT
expect() {
	if [ "$2" = "$3" ]; then
		echo "ok: $1"
	else
		printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
		failures=$((failures + 1))
	fi
}

# expect_status WHAT STATUS COMMAND...: its output is kept in $output, its errors in $errors. What QEMU
# has spoilt (75) is done again.
expect_status() {
	local what=$1 wanted=$2 status stderr
	shift 2
	stderr=$(mktemp)
	for _ in 1 2 3; do
		status=0
		output=$("$@" 2>"$stderr") || status=$?
		[ "$status" = 75 ] && [ "$wanted" != 75 ] || break
		echo "once more: $what: $(tail -n 1 "$stderr")"
	done
	errors=$(cat "$stderr")
	rm -f "$stderr"
	[ "$status" != 77 ] || [ "$wanted" = 77 ] || { echo "$errors" && exit 77; }
	expect "$what: exit status" "$wanted" "$status"
	if [ "$status" != "$wanted" ]; then
		printf '%s\n' "$output" "$errors" | sed 's/^/  /'
	fi
}

# says WHAT PATTERN [COUNT]: the output has that many lines with the pattern, or at least one
says() {
	local count
	count=$(grep -cE "$2" <<<"$output")
	[ -n "${3:-}" ] || [ "$count" = 0 ] || count=some
	expect "$1" "${3:-some}" "$count"
}

# The last line of each test.
finish() {
	echo "$failures checks failed"
	[ "$failures" = 0 ]
	exit
}
