#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The topology command as it is called: exit codes, one line for each error, and no output then.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/command.sh
machine=tests/fixtures/topologies/02-intel-arl-225u-lpe.xml

# shows WORDS OPTIONS...: succeeds silently and prints the words.
shows() {
	local words=$1
	shift
	"$program" topology "$@" >"$tmp/out" 2>"$tmp/err" && [ ! -s "$tmp/err" ] &&
		grep -q -- "$words" "$tmp/out" || bad "topology $*: should show \"$words\""
}

echo '<xml>' >"$tmp/junk.xml"

refused 2 'no such option' topology --bogus
refused 2 'value is missing' topology -i
refused 2 'no such format' topology --format yaml
refused 2 'no such color' topology --color blue
refused 2 'not an option' topology "$machine"
refused 2 'more than one' topology -i "$machine" --sysfs-root /
refused 2 'is empty' topology -i ''
refused 1 'No such file' topology -i "$tmp/none.xml"
refused 1 'damaged' topology -i "$tmp/junk.xml" --format json
refused 1 'synthetic' topology -i 'no such machine'
refused 1 'more than 4096' topology -i 'core:5000 pu:1'
refused 1 'No such file' topology --sysfs-root "$tmp/none"

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
	"$program" topology -i "$machine" --format xml >"$tmp/out"
	if ! lstopo-no-graphics -i "$tmp/out" --if xml -f "$tmp/picture.svg" ||
		! grep -q 'rgb(229,115,104)' "$tmp/picture.svg"; then
		bad "--format xml: lstopo does not draw it in our colours"
	fi
fi

finish
