/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_value.h"

#define DURATION_MAX_NS (1000000 * NSEC_PER_SEC)

static const struct {
	const char *name;
	u64 ns;
} units[] = {
	{ "ns", 1 }, { "us", NSEC_PER_USEC }, { "ms", NSEC_PER_MSEC }, { "s", NSEC_PER_SEC }
};

/* "16.7ms" up to a length; integers only, digits beyond a nanosecond are refused. */
static int parse_duration(const char *word, size_t length, u64 *ns)
{
	const char *at = word, *end = word + length;
	u64 value = 0, scale = 1;
	bool fraction = false;
	size_t i;

	if (at == end || !isdigit(*at))
		return -EINVAL;
	for (; at < end && (isdigit(*at) || (*at == '.' && !fraction)); at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		if (value > DURATION_MAX_NS || scale > NSEC_PER_SEC)
			return -EINVAL;
		value = value * 10 + (*at - '0');
		scale *= fraction ? 10 : 1;
	}
	if (at[-1] == '.')
		return -EINVAL;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) != (size_t)(end - at) ||
		    strncmp(units[i].name, at, end - at))
			continue;
		if (value > DURATION_MAX_NS / units[i].ns * scale || value * units[i].ns % scale)
			return -EINVAL;
		*ns = value * units[i].ns / scale;
		return *ns <= DURATION_MAX_NS ? 0 : -EINVAL;
	}
	return -EINVAL;
}

int scenario_duration(const char *word, u64 *ns)
{
	return parse_duration(word, strlen(word), ns);
}

int value_span(const char *word, struct span *span)
{
	const char *dots = strstr(word, "..");
	size_t length = dots ? (size_t)(dots - word) : strlen(word);

	if (parse_duration(word, length, &span->min_ns))
		return -EINVAL;
	span->max_ns = span->min_ns;
	if (dots && scenario_duration(dots + 2, &span->max_ns))
		return -EINVAL;
	return span->min_ns >= NSEC_PER_USEC && span->max_ns >= span->min_ns ? 0 : -EINVAL;
}

int value_int(const char *word, s32 min, s32 max, s32 *value)
{
	char *end;
	long n;

	if (!isdigit(word[0]) && !(word[0] == '-' && isdigit(word[1])))
		return -EINVAL;
	errno = 0;
	n = strtol(word, &end, 10);
	if (errno || *end || n < min || n > max)
		return -EINVAL;
	*value = n;
	return 0;
}

static int parse_cpu(const char **word, u32 *cpu)
{
	u32 n = 0;

	if (!isdigit(**word))
		return -EINVAL;
	for (; isdigit(**word); (*word)++) {
		n = n * 10 + (**word - '0');
		if (n >= TOPO_MAX_CPUS)
			return -EINVAL;
	}
	*cpu = n;
	return 0;
}

int value_cpus(const char *word, u64 *cpus)
{
	u32 first, last;

	for (;; word++) {
		if (parse_cpu(&word, &first))
			return -EINVAL;
		last = first;
		if (*word == '-') {
			word++;
			if (parse_cpu(&word, &last) || last < first)
				return -EINVAL;
		}
		for (; first <= last; first++)
			cpus[first / 64] |= 1ULL << (first % 64);
		if (*word != ',')
			return *word ? -EINVAL : 0;
	}
}

const char *value_wanted(const char *key)
{
	if (!strcmp(key, "run") || !strcmp(key, "every") || !strcmp(key, "sleep") ||
	    !strcmp(key, "rebind"))
		return "want a duration with its unit, 1us or longer, such as 4ms or 0.5ms..2ms";
	if (!strcmp(key, "start") || !strcmp(key, "end"))
		return "want a moment of the run with its unit, such as 1.5s";
	if (!strcmp(key, "cpus"))
		return "want CPU numbers such as 0-3,8, or \"each\"";
	if (!strcmp(key, "nice"))
		return "want a number from -20 to 19";
	return "want a whole number in its range";
}

void value_write_span(FILE *out, const char *key, const struct span *span)
{
	if (!span)
		return;
	fprintf(out, " %s=%lluns", key, span->min_ns);
	if (span->max_ns != span->min_ns)
		fprintf(out, "..%lluns", span->max_ns);
}

void value_write_cpus(FILE *out, const u64 *cpus)
{
	const char *separator = " cpus=";
	u32 cpu;

	for (cpu = 0; cpu < TOPO_MAX_CPUS; cpu++) {
		if (!(cpus[cpu / 64] >> (cpu % 64) & 1))
			continue;
		fprintf(out, "%s%u", separator, cpu);
		separator = ",";
	}
}

/* As sched_prio_to_weight[] of the kernel, on the scale where nice 0 is 100. */
u32 scenario_weight(s32 nice)
{
	static const u32 kernel_weight[40] = {
		88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
		9548,  7620,  6100,  4904,  3906,  3121,  2501,	 1991,	1586,  1277,
		1024,  820,   655,   526,   423,   335,	  272,	 215,	172,   137,
		110,   87,    70,    56,    45,	   36,	  29,	 23,	18,    15,
	};
	u32 weight = (kernel_weight[nice + 20] * 100 + 512) / 1024;

	return weight ? weight : 1;
}
