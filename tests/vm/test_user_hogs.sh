#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: two newcomers never make four old computing tasks wait for a second under rustland.c
# On trial: never run
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# 2N tasks compute on N CPUs for 30 s; then N new ones join for 9 s.
policy=rustland
expect_status "$policy: 4 old hogs, 2 new ones" 0 "$vm" --icount 1 --smp 2 --timeout 800 \
	--file "${O:-build}/examples/$policy" -- "
	with-scheduler $policy --stats 20 -- '
	load --seconds 40 --limit 1000 --hogs 4 --pipes 0 --forks 0 --pinned 0 \
		--terminals 0 --sleepers 0 & old=\$!
	sleep 30
	load --seconds 9 --limit 1000 --hogs 2 --pipes 0 --forks 0 --pinned 0 --terminals 0 \
		--sleepers 0
	new=\$?
	wait \$old && exit \$new'"
echo "$output"
finish
