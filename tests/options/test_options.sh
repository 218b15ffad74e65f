#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every option of every command stands in `shown` with the test that shows that it changes something,
# and in the help; what is no option, or lacks its value, is refused in one line. Besides, the effect
# of those options that are shown nowhere else.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/command.sh
shown=tests/options/shown
laptop=tests/fixtures/topologies/02-intel-arl-225u-lpe.xml

# "command --option takes", takes: value or nothing
options() {
	local file command
	for file in src/cmd_*.c; do
		command=${file#src/cmd_} command=${command%.c}
		sed -n "s/.*{ \"\([a-z-]*\)\", required_argument.*/$command --\1 value/p
			s/.*{ \"\([a-z-]*\)\", no_argument.*/$command --\1 nothing/p
			s/.*{ \"\([a-z-]*\)\", offsetof.*/$command --\1 value/p" "$file"
	done
	echo "new --help nothing" # it has no table
}

every_option_is_shown_and_documented() {
	local command option takes test name
	while read -r command option takes; do
		read -r _ _ test name < <(grep "^$command $option " "$shown") ||
			{ bad "$command $option: not in $shown" && continue; }
		grep -q -e "${name:-$option}\b" "$test" || bad "$command $option: not in $test"
		[ "$option" = --help ] ||
			"$program" "$command" --help </dev/null | grep -q -e "${name:-$option}\b" ||
			bad "$command $option: not in its help"
		[ "$takes" != value ] || refused 2 "$option" "$command" "$option"
	done <"$tmp/options"
}

nothing_else_is_listed() {
	local command option
	while read -r command option _; do
		grep -q "^$command $option " "$tmp/options" || bad "$command has no $option: $shown"
	done < <(grep -v '^#' "$shown")
}

options | sort -u >"$tmp/options"
[ "$(wc -l <"$tmp/options")" -ge 40 ] || bad "found only $(wc -l <"$tmp/options") options"
every_option_is_shown_and_documented
nothing_else_is_listed

for command in run monitor trace topology simulate new evolve; do
	refused 2 "--no-such-option" $command --no-such-option
	"$program" $command --help >"$tmp/out" 2>"$tmp/err" && [ ! -s "$tmp/err" ] &&
		[ "$(wc -l <"$tmp/out")" -gt 3 ] || bad "$command --help"
done
same "--help and -h" "$("$program" --help)" "$("$program" -h)"
"$program" --version | grep -qx 'scx_topo [^ ]*' || bad "--version"

# Before anybody asks for root.
refused 2 "'fast' is no mode" run --mode fast
refused 2 "'fast' is no mode" run --switch fast
refused 2 "'desktop' is no profile" run --profile desktop
refused 2 "leave out --mode" run --profile laptop --mode perf
refused 2 "it goes with topology" run --sysfs-root /
refused 2 "no argument 'fast'" run fast
refused 2 "'xml' is no format" monitor --format xml
refused 2 "-n 0: not a number" monitor --count 0
refused 2 "no interval, -n or --format" monitor --serve -n 2
refused 2 "no interval, -n or --format" monitor --format text --serve
refused 2 "no interval, -n or --format" monitor --serve 1
refused 2 "faster" evolve --spec x --replay . --goal faster
refused 2 "without quotes" evolve --spec x --replay . --tree "a'b"

"$program" evolve --spec x --replay . --tree "$tmp" >"$tmp/out" 2>&1
[ $? = 1 ] && grep -q "$tmp is no source tree" "$tmp/out" || bad "evolve --tree has no effect"

simulate() {
	"$program" simulate -i $laptop "$@" 2>&1
}
usual=$(simulate -w mixed --duration 100ms)
same "simulate --workload" "$usual" "$(simulate --workload mixed --duration 100ms)"
differ "simulate --workload" "$usual" "$(simulate --workload game --duration 100ms)"
differ "simulate --duration" "$usual" "$(simulate -w mixed --duration 110ms)"
differ "simulate --seed" "$usual" "$(simulate -w mixed --duration 100ms --seed 2)"
same "simulate --input" "$usual" \
	"$("$program" simulate --input $laptop -w mixed --duration 100ms 2>&1)"
differ "topology --input" "$("$program" topology --input $laptop)" \
	"$("$program" topology --input 'core:4 pu:2')"
finish
