#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The topology command as it is called: exit codes, one line for each error, and no output then.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

scx_topo=${SCX_TOPO:-build/scx_topo}
machine=tests/fixtures/topologies/02-intel-arl-225u-lpe.xml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

failed() {
	echo "topology $*" >&2
	cat "$work/out" "$work/err" >&2
	failures=$((failures + 1))
}

run() {
	"$scx_topo" topology "$@" >"$work/out" 2>"$work/err"
}

# refused CODE WORDS OPTIONS...: ends with that code, one line that has the words, and nothing else.
refused() {
	local code=$1 words=$2 status
	shift 2
	run "$@"
	status=$?
	if [ "$status" != "$code" ] || [ -s "$work/out" ] || [ "$(wc -l <"$work/err")" != 1 ] ||
		! grep -q "^scx_topo: .*$words" "$work/err"; then
		failed "$*: exit code $status, $code and \"$words\" expected"
	fi
}

# shows WORDS OPTIONS...: succeeds silently and prints the words.
shows() {
	local words=$1
	shift
	if ! run "$@" || [ -s "$work/err" ] || ! grep -q -- "$words" "$work/out"; then
		failed "$*: should show \"$words\""
	fi
}

echo '<xml>' >"$work/junk.xml"

refused 2 'no such option' --bogus
refused 2 'value is missing' -i
refused 2 'no such format' --format yaml
refused 2 'no such color' --color blue
refused 2 'not an option' "$machine"
refused 2 'more than one' -i "$machine" --sysfs-root /
refused 2 'is empty' -i ''
refused 1 'No such file' -i "$work/none.xml"
refused 1 'damaged' -i "$work/junk.xml" --format json
refused 1 'synthetic' -i 'no such machine'
refused 1 'more than 4096' -i 'core:5000 pu:1'
refused 1 'No such file' --sysfs-root "$work/none"

shows '^14 CPUs' -i "$machine"
shows '^14 CPUs' --input "$machine" --format tree
shows '0x20003 online' -i "$machine" --format cpus
shows '"source":"xml","this_system":false' -i "$machine" --format json
shows 'ScxDomain' -i "$machine" --format xml
shows $'\033\[1m' -i "$machine" --color always
shows '^Usage: scx_topo topology' --help
shows '"source":"live","this_system":true' --format json

# Only what lstopo itself reads is an XML for lstopo.
if command -v lstopo-no-graphics >/dev/null; then
	run -i "$machine" --format xml
	if ! lstopo-no-graphics -i "$work/out" --if xml -f "$work/picture.svg" ||
		! grep -q 'rgb(229,115,104)' "$work/picture.svg"; then
		failed "--format xml: lstopo does not draw it in our colours"
	fi
fi

[ "$failures" = 0 ]
