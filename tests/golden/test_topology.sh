#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What `scx_topo topology` shows of each recorded machine, compared with what it showed when
# somebody last looked at it. After a change that is meant to show: UPDATE=1 tests/golden/test_topology.sh
# and look at the difference.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

scx_topo=${SCX_TOPO:-build/scx_topo}
machines=tests/fixtures/topologies
golden=tests/golden/topology
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

failed() {
	echo "$*" >&2
	failures=$((failures + 1))
}

# check MACHINE FORMAT OPTIONS...: compares one output with its golden file, and leaves it in $work.
check() {
	local name=$1 format=$2
	local file=$golden/$name.$format
	shift 2
	if ! "$scx_topo" topology "$@" --format "$format" >"$work/$format" 2>"$work/err"; then
		failed "$name: topology --format $format fails: $(cat "$work/err")"
	elif [ -s "$work/err" ]; then
		failed "$name: says on stderr: $(cat "$work/err")"
	elif [ "${UPDATE:-0}" = 1 ]; then
		cp "$work/$format" "$file"
	elif ! diff -u "$file" "$work/$format" >&2; then
		failed "$name: --format $format differs from $file"
	fi
}

# Nothing wider than a terminal of 100 columns, no colours into a file.
check_tree() {
	check "$1" tree "${@:2}"
	if LC_ALL=C grep -nE '.{101}|[[:blank:]]$|[^ -~]' "$work/tree" >&2; then
		failed "$1: a line of the tree is too wide, or not plain text"
	fi
}

# Our own XML brings everything along. The source is another one, and "possible" CPUs are lost.
check_round_trip() {
	local name=$1
	"$scx_topo" topology "${@:2}" --format xml >"$work/again.xml"
	"$scx_topo" topology -i "$work/again.xml" --format json | comparable >"$work/again"
	if ! comparable <"$work/json" | diff - "$work/again" >&2; then
		failed "$name: not the same after writing and reading it as XML"
	fi
}

comparable() {
	sed 's/"source":"[a-z]*","this_system":false,"nr_cpu_ids":[0-9]*,//'
}

check_machine() {
	check_tree "$@"
	check "$1" cpus "${@:2}"
	check "$1" json "${@:2}"
	check_round_trip "$@"
}

for xml in "$machines"/*.xml; do
	name=${xml##*/}
	check_machine "${name%.xml}" -i "$xml"
done
for archive in "$machines"/sysfs/*.tar.xz; do
	name=${archive##*/}
	name=${name%.tar.xz}
	tar -xf "$archive" -C "$work"
	check_machine "sysfs-$name" --sysfs-root "$work/$name"
done
check_tree synthetic-4096 -i "package:4 numa:4 l3:8 core:16 pu:2"

[ "$failures" = 0 ]
