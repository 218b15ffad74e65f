#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: no task is sent to a CPU that a real-time task took while it was idle
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# Before 7.1 the kernel leaves a task there until the real-time one sleeps or has had its share.
for kernel in 6.18 7.3; do
	expect_status "$kernel" 0 "$vm" --kernel "$kernel" --smp 4 --icount 1 \
		--file tests/vm/higher_class --file "${O:-build}/tests/bench/wakeups" \
		--file "$(command -v chrt)" --file "$(command -v taskset)" -- higher_class
	delay_us=$(sed -n 's/^longest delay \([0-9]*\) us$/\1/p' <<<"$output")
	expect "$kernel: wakes up in 20 ms at most" yes \
		"$([ "${delay_us:-20001}" -le 20000 ] && echo yes || echo "$delay_us")"
	says "$kernel: some CPUs were taken" '^  idle CPU that a higher class had taken +[1-9]'
done
finish
