#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# No chain of calls in the BPF programs takes more stack than the kernel allows. The verifier sees only
# the chains of the machine that it is on, so that a machine of another kind could fail to load what
# loads everywhere else. The compiler's assembly has them all.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
limit=512 # MAX_BPF_STACK; each frame counts in steps of 16 (x86: with a JIT, 6.16 to 7.3)
failed=0

# The deepest chain of FILE: its bytes, and the functions with theirs.
deepest() {
	awk -v step=16 '
	/^\t\.type\t.*,@function/ { sub(/^\t\.type\t/, ""); sub(/,.*/, ""); known[$0] = 1; order[++n] = $0 }
	/^[A-Za-z_][A-Za-z0-9_]*:/ && !/^LBB/ { sub(/:.*/, ""); f = $0; next }
	match($0, /r10 - [0-9]+/) { note(substr($0, RSTART + 6, RLENGTH - 6) + 0) }
	/^\tr[0-9]+ \+= -[0-9]+$/ { if ($1 == copy) note(substr($3, 2) + 0) }
	{ copy = $0 ~ /^\tr[0-9]+ = r10$/ ? $1 : "" }
	/^\tcall [A-Za-z_]/ { calls[f] = calls[f] " " $2 }
	/^\tr[0-9]+ = [A-Za-z_][A-Za-z0-9_]* ll$/ { calls[f] = calls[f] " " $3 } # handed over, to be called
	function note(bytes) { if (bytes > own[f]) own[f] = bytes }
	function depth(f,	i, nr, names, most, d) {
		if (f in total)
			return total[f]
		nr = split(calls[f], names, " ")
		for (i = 1; i <= nr; i++) {
			if (!(names[i] in known))
				continue
			d = depth(names[i])
			if (d > most) { most = d; next_of[f] = names[i] }
		}
		total[f] = most + (own[f] > 0 ? int((own[f] + step - 1) / step) * step : step)
		return total[f]
	}
	END {
		for (i = 1; i <= n; i++)
			if (depth(order[i]) > depth(top)) top = order[i]
		printf "%d", total[top]
		for (f = top; f; f = next_of[f]) printf " %s(%d)", f, own[f]
		print ""
	}' "$1"
}

for program in main user; do
	chain=$(deepest "${O%-asan}/bpf/$program.bpf.s")
	echo "$program: $chain"
	if [ "${chain%% *}" -lt 32 ] || [ "${chain%% *}" -gt $limit ]; then
		echo "FAILED: $program.bpf.c: more than $limit bytes of stack" >&2
		failed=1
	fi
done
exit $failed
