#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: CPU time is shared by weight, and new hogs do not make old ones wait
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# In guest time, which no other load on this machine disturbs.
expect_status "nice 0 against nice 5, 10 s" 0 "$vm" --icount 2 --smp 2 -- \
	with-scx_topo -- fair --seconds 10 --tolerance 10 0 5
expect_status "nice 0, 5 and 10, 10 s" 0 "$vm" --icount 3 --smp 2 -- \
	with-scx_topo -- fair --seconds 10 --tolerance 10 0 5 10
expect_status "ten new hogs against ten that are 30 s old" 0 "$vm" --icount 4 --smp 2 -- \
	with-scx_topo -- fair --seconds 60 --new 10 --limit 1000 0 0 0 0 0 0 0 0 0 0
finish
