#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: newcomers never make old computing tasks wait for a second under rustland.c
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
age_s=${LONG:+30}
age_s=${age_s:-5}
new_s=4
hogs='--limit 1000 --watch 0 --pipes 0 --forks 0 --pinned 0 --terminals 0 --sleepers 0 --hogs'

# 2N tasks compute on N CPUs; then N new ones join. With a vruntime that takes in the deadline, as
# scx_rustland has it, old tasks of 5 s would wait for 2.5 s, and those of 30 s for 15 s.
expect_status "4 hogs of $age_s s, 2 new ones" 0 "$vm" --icount 1 --smp 2 --timeout 850 \
	--file "${O:-build}/examples/rustland" -- "
	with-scheduler rustland --stats 60 -- '
	load --seconds $((age_s + new_s)) $hogs 4 & old=\$!
	sleep $age_s
	load --seconds $((new_s - 1)) $hogs 2
	new=\$?
	wait \$old && exit \$new'"
echo "$output"
expect "without the kernel side's help" "guard 0+0 rescued 0" \
	"$(grep -o 'guard [0-9+]* rescued [0-9]*' <<<"$output" | tail -n 1)"
finish
