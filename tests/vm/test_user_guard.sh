#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: libscxu's kernel side takes over from a scheduler that sleeps, spins, forgets or never returns
# On trial: not seen to pass as a whole
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# In the deterministic clock a millisecond is one whatever the host does.
run=("$vm" --icount 1 --smp 4 --timeout 600 --file "${O:-build}/tests/user/misbehave")
load='load --seconds 5 --limit 200 --hogs 6 --pipes 2 --forks 1 --pinned 2 --terminals 0'

expect_status "sleeps 2 s: nobody waits 200 ms" 0 "${run[@]}" -- \
	"with-scheduler misbehave sleep 2000 1000 -- $load"
expect "the guard noticed" yes "$(grep -qE 'guard [1-9]' <<<"$output" && echo yes)"
echo "$output"
expect_status "spins 2 s: nobody waits 200 ms" 0 "${run[@]}" -- \
	"with-scheduler misbehave spin 2000 1000 -- $load"
expect "the guard noticed" yes "$(grep -qE 'guard [1-9]' <<<"$output" && echo yes)"
echo "$output"
# A task that is forgotten is found after a second.
expect_status "forgets each 50th task: nobody waits 1.4 s" 0 "${run[@]}" -- \
	"with-scheduler misbehave forget 50 -- ${load/200/1400}"
expect "the guard noticed" yes "$(grep -qE 'rescued [1-9]' <<<"$output" && echo yes)"
echo "$output"
# It cannot end well, as its thread is gone, but it ends, and the machine works on.
expect_status "never returns: nobody waits 200 ms" 1 "${run[@]}" -- \
	"with-scheduler misbehave block -- '$load && echo load was fine'"
expect "load" "load was fine" "$(grep -o 'load was fine' <<<"$output")"
expect "the end" 1 "$(grep -c 'schedule() does not return' <<<"$output$errors")"
finish
