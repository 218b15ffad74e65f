#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: the runner itself: status, output, files, timeout, a dying kernel, topology, the exact clock
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Everything on its way out stays apart and unchanged.
echo 'from the host' >"$tmp/given"
expect_status "a command's status" 7 "$vm" --smp 2 --file "$tmp/given" --out "$tmp/out" -- \
	'cat /files/given; printf "a\r\n\tb\n"; echo oops >&2; nproc; id -u; echo left >/out/file; exit 7'
expect "standard output" "$(printf 'from the host\na\r\n\tb\n2\n0')" "$output"
expect "standard error" oops "$errors"
expect "a file left in /out" left "$(cat "$tmp/out/file")"

expect_status "past the timeout" 124 "$vm" --timeout 30 --smp 1 -- 'echo before; sleep 100'
expect "output before the timeout" before "$output"
expect_status "a kernel that dies" 125 "$vm" --smp 1 -- 'echo c >/proc/sysrq-trigger'
# What the kernel shows of a breakpoint that is gone (eb), and of one that is there (cc).
for code in 'eb 75' 'cc 125'; do
	expect_status "a kernel that trips over ${code% *}" "${code#* }" "$vm" --smp 1 -- '
		echo "<4>Oops: int3: 0000 [#1] SMP NOPTI" >/dev/kmsg
		echo "<4>Code: 20 75 62 '"${code% *}"' <38> 44 89 e7" >/dev/kmsg
		echo c >/proc/sysrq-trigger'
done
expect_status "a kernel that warns" 125 "$vm" --smp 1 -- \
	'echo "<4>WARNING: CPU: 0 PID: 1 at kernel/none.c:1 none+0x0/0x0" >/dev/kmsg'
expect_status "a kernel that warns while it powers down" 0 "$vm" --smp 1 -- \
	'for line in "reboot: Power down" "WARNING: kernel/none.c:1 at none+0x0/0x0"; do
		echo "<4>$line" >/dev/kmsg
	done'

# Two nodes with two caches each, of two cores with two threads.
# shellcheck disable=SC2016 # for the guest
expect_status "a larger machine" 0 "$vm" --smp 16,sockets=2,dies=2,cores=2,threads=2 --numa 2 -- '
	cd /sys/devices/system; list() { cat "$@" | sort -n | uniq | tr "\n" " "; echo; }
	list node/node*/cpulist
	list cpu/cpu*/cache/index3/shared_cpu_list
	list cpu/cpu*/cache/index2/shared_cpu_list
	list cpu/cpu*/topology/thread_siblings_list'
cores='0-1 2-3 4-5 6-7 8-9 10-11 12-13 14-15 '
expect "its nodes, LLCs, L2s and cores" \
	"$(printf '%s\n' '0-7 8-15 ' '0-3 4-7 8-11 12-15 ' "$cores" "$cores")" "$output"

# One seed, one history, however busy the host is.
history='
	i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done & sleep 0.01; wait
	cat /proc/uptime /proc/stat /proc/schedstat /proc/interrupts'
expect_status "the exact clock" 0 "$vm" --icount 3 --smp 2 -- "$history"
first=$output
while :; do :; done &
noise=$!
expect_status "the exact clock again" 0 "$vm" --icount 3 --smp 2 -- "$history"
kill $noise
expect "both histories" "$(md5sum <<<"$first")" "$(md5sum <<<"$output")"
expect_status "another seed" 0 "$vm" --icount 64 --smp 2 -- "$history"
[ "$first" != "$output" ] || expect "its history" "another one" "the same"

# Whatever ends it, nothing stays behind.
mkdir "$tmp/private"
TMPDIR=$tmp/private setsid "$vm" --smp 1 -- 'echo up; sleep 100' >"$tmp/up" 2>/dev/null &
interrupted=$!
for _ in $(seq 600); do
	[ ! -s "$tmp/up" ] || break
	sleep 0.1
done
kill -TERM "$interrupted"
wait "$interrupted"
expect "ended by a signal: exit status" 143 $?
expect "ended by a signal: files left" "" "$(ls "$tmp/private")"
expect "ended by a signal: processes left" "" \
	"$(grep -las -- "[i]nitrd.$tmp/private" /proc/[0-9]*/cmdline)"

# Machines that cannot.
mkdir "$tmp/bin"
printf '#!/bin/sh\necho QEMU emulator version 7.2.1\n' >"$tmp/bin/qemu-system-x86_64"
chmod +x "$tmp/bin/qemu-system-x86_64"
expect_status "the exact clock with QEMU 7" 77 env PATH="$tmp/bin:$PATH" "$vm" --icount 1 -- true
expect "the exact clock with QEMU 7" "run: --icount needs QEMU 10 or newer, this is 7" "$errors"
printf '#!/bin/sh\necho s390x\n' >"$tmp/bin/uname"
chmod +x "$tmp/bin/uname"
expect_status "another architecture" 77 env PATH="$tmp/bin:$PATH" "$vm" -- true
expect "another architecture: lines" 1 "$(wc -l <<<"$errors")"

for bad in '--smp 4x' '--numa 3' '--timeout 1s' '--icount -1' '--kernel 5.1' '--nonsense'; do
	# shellcheck disable=SC2086 # two words
	expect_status "wrong usage: $bad" 2 "$vm" $bad -- true
	expect "wrong usage: $bad: lines" 1 "$(wc -l <<<"$errors")"
done
finish
