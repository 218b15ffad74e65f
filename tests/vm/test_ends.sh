#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: whatever way scx_topo ends, the kernel's own scheduler takes over and it is said why
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# ends HOW WANTED: the exit status, the states around it, and the last line that scx_topo said.
ends() {
	expect_status "$1" 0 "$vm" --smp 2 "${@:3}" -- ends "$1"
	expect "$1" "$2" "$output"
}

ends int "enabled
exit 0
disabled"
ends term "enabled
exit 0
disabled"
ends hup "enabled
exit 0
disabled"
ends kill-supervisor "enabled
exit 137
disabled"
ends kill-worker "enabled
exit 1
disabled
scx_topo: the scheduling process was killed by signal 9 (Killed); the kernel's own scheduler has taken over"
ends crash-worker "enabled
exit 1
disabled
scx_topo: the scheduling process was killed by signal 11 (Segmentation fault); the kernel's own scheduler has taken over"
ends sysrq "enabled
exit 1
disabled
scx_topo: ended by SysRq-S; the kernel's own scheduler has taken over"
ends user "enabled
worker's user 65534, capabilities 0000000000000000
exit 0
disabled"
ends modes "enabled
mode powersave
mode auto
mode perf
exit 0
disabled"

expect_status second 0 "$vm" --smp 2 -- ends second
expect "second instance: its status" "second: exit 1" "$(grep ^second <<<"$output")"
expect "second instance: one line" 1 "$(grep -c 'running already' <<<"$errors")"

# Before 7.0 real-time tasks can starve all others: the kernel's watchdog then throws us out.
expect_status stall 0 "$vm" --kernel 6.18 --smp 2 --file "$(command -v chrt)" \
	--file "$(command -v taskset)" -- ends stall
expect "stall: said why" 1 "$(grep -c 'thrown out by the watchdog' <<<"$output")"
expect "stall: status" "exit 1" "$(grep ^exit <<<"$output")"

expect_status hotplug 0 "$vm" --smp 4 -- ends hotplug
expect "hotplug: goes on, then ends" "enabled
load went well
exit 0
disabled" "$(grep -v ^restarts <<<"$output")"
restarts=$(sed -n 's/^restarts //p' <<<"$output")
expect "hotplug: restarts for each of 10 changes at least" yes \
	"$([ "${restarts:-0}" -ge 10 ] && echo yes || echo "${restarts:-none}")"
finish
