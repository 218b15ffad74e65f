#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: the domains in the BPF maps are the machine's own, as another process sees them
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
machine=(--smp "16,sockets=2,dies=2,cores=2,threads=2" --numa 2)

# The guest's word for it comes straight from sysfs.
sysfs='for node in /sys/devices/system/node/node*; do
	for cache in $(ls -d $node/cpu[0-9]*/cache/index3); do
		echo "node ${node##*node} cpus $(cat $cache/shared_cpu_list)"; done; done | sort | uniq'
expect_status "the same machine" 0 "$vm" "${machine[@]}" -- with-scx_topo --verbose -- \
	"scx_topo topology --check && $sysfs"
ours=$(sed -n 's/^domain [0-9]* \(node .*\)/\1/p' <<<"$output" | sort)
expect "its domains" "$(grep "^node " <<<"$output")" "$ours"
expect "how many" 4 "$(wc -l <<<"$ours")"
says "--verbose shows what libbpf does" "^libbpf: "

expect_status "another machine" 1 "$vm" "${machine[@]}" -- with-scx_topo -- \
	"\"scx_topo topology --check -i 'pack:2 l3:1 core:4 pu:2'\""
says "without it nothing of that" "^libbpf: " 0
expect "what differs" 1 "$(grep -c '^machine: nr_domains is 4, should be 2$' <<<"$output")"
expect_status "nothing running" 1 "$vm" --smp 2 -- scx_topo topology --check
expect "in one line" 1 "$(grep -c '^scx_topo: no scx_topo is scheduling' <<<"$errors")"
expect_status "not root" 77 "$vm" --smp 2 -- with-scx_topo -- \
	"\"su -s /bin/sh -c 'scx_topo topology --check' nobody\""
finish
