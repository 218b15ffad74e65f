#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# evolve with recorded answers and a measurement that needs no virtual machine: what it keeps, what
# it says about the rest, and what it refuses.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export O=${O:-build}
scx_topo=${SCX_TOPO:-$O/scx_topo}
# A library with sanitizers wants them in the program too.
[ "$(nm "$O/libscxu.a" | grep -c __asan_init)" = 0 ] || export LDFLAGS='-fsanitize=address,undefined'
failures=0

expect() {
	[ "$2" = "$3" ] && return
	printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	failures=$((failures + 1))
}

# What it measures stands in the source; the last digit is the noise.
cat >"$tmp/measure" <<'END'
#!/bin/sh
number=$(sed -n 's/.*measures \([a-z0-9.]*\).*/\1/p' "$1.c")
case $number in
stall) sleep 20 ;;
crash) kill -SEGV $$ ;;
'') echo 100.$2 ;;
*) echo "$number$2" ;;
esac
END
chmod +x "$tmp/measure"
mkdir "$tmp/answers"
policy='static void schedule(struct scxu *s)
{
	(void)s;
}
SCXU_MAIN("fake", schedule)'
# answer ROUND MEASURED [CODE]
answer() {
	cat >"$tmp/answers/$1.c" <<-END
		Here it is:
		\`\`\`c
		/* measures $2 */
		#include "scxu.h"
		${3-$policy}
		\`\`\`
		Good luck!
	END
}
answer 1 90.
answer 2 95.
answer 3 80. 'int main(void) { return undeclared; }'
answer 4 stall
answer 5 crash
answer 6 89.
answer 7 70.
output=$("$scx_topo" evolve --spec test --replay "$tmp/answers" --rounds 8 --samples 2 \
	--timeout 2 --measure "$tmp/measure" --out "$tmp/out" 2>&1)
expect "status" 0 $?
verdicts=$(sed -n 's/^round [0-9]*: \([0-9][^,]*, \)\{0,1\}//p' <<<"$output" | cut -d: -f1 | paste -sd,)
# Round 2 is worse; round 6 is just more than 1 % better.
expect "verdicts" \
	"start,kept,not better,does not compile,stalls,fails,kept,kept,no answer" "$verdicts"
expect "best" "measures 70." "$(grep -o 'measures [0-9.]*' "$tmp/out/best.c")"
expect "report" 9 "$(grep -c '^| [0-9]' "$tmp/out/report.md")"
expect "no talk in it" 0 "$(grep -c 'Good luck' "$tmp/out/best.c")"

output=$("$scx_topo" evolve --spec test --replay "$tmp/answers" --out "$tmp/out" 2>&1)
expect "an old folder: status" 1 $?
expect "an old folder: words" 1 "$(grep -c 'is there already' <<<"$output")"
for wrong in "--spec x" "--spec x --replay a --model-cmd b" "--spec x --replay a --rounds 0" \
	"--spec x --replay a --rounds 3x" "--spec x --replay a --goal up" "--replay a" \
	"--spec x --replay a b" "--spec x --replay"; do
	# shellcheck disable=SC2086 # several options
	output=$("$scx_topo" evolve $wrong --out "$tmp/never" 2>&1)
	expect "evolve $wrong: status" 2 $?
	expect "evolve $wrong: one line" 1 "$(wc -l <<<"$output")"
done
# A model that is a script, and reads its prompt.
output=$("$scx_topo" evolve --spec 'in words' --rounds 1 --samples 1 --measure "$tmp/measure" \
	--model-cmd "grep -q 'in words' && cat '$tmp/answers/7.c'" --out "$tmp/model" 2>&1)
expect "a model: status" 0 $?
expect "a model" "round 1: 70.1 +- 0, kept" "$(grep '^round 1' <<<"$output")"
# More is better: what would be kept by the other goal is not, and the other way round.
mkdir "$tmp/more"
sed 's/measures 70/measures 170/' "$tmp/answers/7.c" >"$tmp/more/1.c"
output=$("$scx_topo" evolve --spec test --goal higher --rounds 1 --samples 1 --replay "$tmp/more" \
	--measure "$tmp/measure" --out "$tmp/higher" 2>&1)
expect "--goal higher" "round 1: 170.1 +- 0, kept" "$(grep '^round 1' <<<"$output")"
[ "$failures" = 0 ]
