#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: libscxu's kernel side takes over from a scheduler that sleeps, spins, forgets or never returns
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
seconds=${LONG:+10}
load="load --seconds ${seconds:-3} --hogs 6 --pipes 2 --forks 1 --pinned 2 --terminals 0 --limit"

# In the deterministic clock a millisecond is one whatever the host does. A task that is forgotten
# is found after a second, and what takes several wake-ups may be forgotten twice. What never returns comes last: it cannot end well, as its thread is gone,
# but it ends, and the machine works on.
expect_status "the machine" 0 "$vm" --icount 1 --smp 4 --timeout 800 \
	--file "${O:-build}/tests/user/misbehave" -- "
	try() {
		echo \"== \$*\"
		with-scheduler misbehave \$*
		echo \"status \$?\"
	} 2>&1
	try sleep 2000 1000 -- $load 200
	try spin 2000 1000 -- $load 200
	try forget 50 -- $load 2400
	try block -- $load 200 '&&' echo load was fine"
echo "$output"

# Of what was said under one of them.
section() {
	sed -n "/^== $1 /,/^status /p" <<<"$output"
}
status_of() {
	section "$1" | sed -n 's/^status //p'
}
expect "sleeps 2 s: nobody waits 200 ms" 0 "$(status_of sleep)"
expect "the guard noticed" yes "$(section sleep | grep -qE 'guard [1-9]' && echo yes)"
expect "spins 2 s: nobody waits 200 ms" 0 "$(status_of spin)"
expect "the guard noticed" yes "$(section spin | grep -qE 'guard [1-9]' && echo yes)"
expect "forgets each 50th task: nobody waits 2.4 s" 0 "$(status_of forget)"
expect "the guard noticed" yes "$(section forget | grep -qE 'rescued [1-9]' && echo yes)"
expect "never returns: nobody waits 200 ms" "load was fine" "$(section block | grep '^load was fine')"
expect "it ends" "1 1" \
	"$(section block | grep -c 'schedule() does not return') $(status_of block)"
finish
