# SPDX-License-Identifier: GPL-2.0-only
# What tests that call the program have in common, to be sourced: where it is, a folder that goes at
# the end, and what is counted as a failure. SCX_TOPO names another build of the program.
# shellcheck shell=bash disable=SC2034 # all is for those who source it
program=${SCX_TOPO:-${O:-build}/scx_topo}
program=$(realpath "$program") || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0

bad() {
	echo "FAILED: $*" >&2
	failures=$((failures + 1))
}

# refused STATUS TEXT ARGUMENTS...: that status, one line with the text, and no output
refused() {
	local status=$1 text=$2 got
	shift 2
	"$program" "$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	[ "$got" = "$status" ] || bad "$*: status $got, not $status"
	[ ! -s "$tmp/out" ] || bad "$*: refused, but writes $(head -n 1 "$tmp/out")"
	{ [ "$(wc -l <"$tmp/err")" = 1 ] && grep -q '^scx_topo: ' "$tmp/err"; } ||
		bad "$*: not one line of ours: $(cat "$tmp/err")"
	grep -qF -- "$text" "$tmp/err" || bad "$*: does not say '$text': $(cat "$tmp/err")"
}

# differ|same WHAT A B
differ() {
	[ "$2" != "$3" ] || bad "$1 changes nothing"
}
same() {
	[ -n "$2" ] && [ "$2" = "$3" ] || bad "$1 should be the same"
}

finish() {
	[ "$failures" = 0 ]
	exit
}
