# SPDX-License-Identifier: GPL-2.0-only
# Two files of lines "CPUS SCENARIO TASK ..." side by side: what the virtual machine measured, then
# what the simulator says, one line for each seed of each. Compares medians over the seeds.
#	12 columns after TASK: CPU ms; wake-ups: p50 p95 p99 number; frames: the same; late
# Variables: gate (0: only print), median_max and p95_max: the largest error, in percent.
function median(list,    n, i, j, v, x) {
	n = split(list, v, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) {
			x = v[j]; v[j] = v[j - 1]; v[j - 1] = x
		}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function error(vm, sim) {
	return vm ? (sim - vm) * 100 / vm : 0
}
function absolute(x) {
	return x < 0 ? -x : x
}
function row(key, what, column,    p, vm, sim, e, text) {
	text = sprintf("%-24s %-6s", key, what)
	for (p = 0; p < 3; p++) {
		vm = median(measured[key, column + p])
		sim = median(simulated[key, column + p])
		e = error(vm, sim)
		text = text sprintf(" %8.2f %7.2f %5.0f %%", vm / 1000, sim / 1000, e)
		if (p < 2 && what == "frame") {
			sum[p] += absolute(e); n[p]++
			if (absolute(e) > worst[p]) worst[p] = absolute(e)
		}
	}
	if (what == "frame")
		text = text sprintf("  %3d %3d", median(measured[key, 13]), median(simulated[key, 13]))
	print text
}
{
	key = $1 " CPUs " $2 " " $3
	if (!(key in seen)) { seen[key] = 1; keys[++nr] = key }
	for (i = 4; i <= NF; i++) {
		if (FNR == NR) measured[key, i] = measured[key, i] " " $i
		else simulated[key, i] = simulated[key, i] " " $i
	}
}
END {
	printf "%-24s %-6s %25s%25s%25s  late\n", "ms: measured, simulated, error", "", "p50", "p95", "p99"
	for (i = 1; i <= nr; i++) {
		key = keys[i]
		if (median(measured[key, 12]) > 0) row(key, "frame", 9)
		else if (median(measured[key, 8]) > 20) row(key, "wake", 5)
	}
	printf "frames: error of the median %.0f %% on average, %.0f %% at most; of p95 %.0f %%, %.0f %%\n",
		sum[0] / n[0], worst[0], sum[1] / n[1], worst[1]
	if (gate && (sum[0] / n[0] > median_max || sum[1] / n[1] > p95_max)) {
		printf "more than the %d %% and %d %% on average that have been achieved\n", median_max, p95_max
		exit 1
	}
}
