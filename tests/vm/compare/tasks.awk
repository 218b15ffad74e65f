# SPDX-License-Identifier: GPL-2.0-only
# The tasks of `scx_topo simulate --format json`, a line each: name, CPU time in ms, p50, p95, p99 and
# number of wake-ups, the same of frames, in us, and frames late.
function field(text, name) {
	return match(text, "\"" name "\":[0-9.]+") ? substr(text, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : 0
}
function times(text) {
	return int(field(text, "p50")) " " int(field(text, "p95")) " " int(field(text, "p99")) " " field(text, "count")
}
/^ *\{"name":/ {
	split($0, part, "\"")
	head = part[4] " " int(field($0, "cpu_time_s") * 1000)
	late = field($0, "late")
}
/^   "wakeup_us"/ {
	split($0, half, "\"frame_late_us\"")
	print head, times(half[1]), times(half[2]), late
}
