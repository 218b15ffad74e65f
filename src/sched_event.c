/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched_event.h"

#define IN_INTERRUPT 2 /* the flag that says so, after "d" and "N" */

/*
 * "COMM-PID  [CPU] FLAGS SECONDS.MICROSECONDS: EVENT: ...". A task's name may have anything in it,
 * so the fields are found from the event's name backwards.
 */
static bool parse_head(const char *line, const char *event_name, struct sched_event *event)
{
	unsigned long long seconds, us;
	const char *at = event_name;
	char flags[16];
	unsigned int cpu;

	while (at > line && at[-1] != '[')
		at--;
	if (at == line || sscanf(at, "%u] %15s %llu.%llu", &cpu, flags, &seconds, &us) != 4)
		return false;
	event->cpu = cpu;
	event->time_us = seconds * 1000000 + us;
	event->interrupt = strlen(flags) > IN_INTERRUPT && flags[IN_INTERRUPT] != '.';
	return true;
}

/* What lies between two words; the rest of the line starts at the returned place, or NULL. */
static const char *take_comm(const char *from, const char *before, const char *after, char *comm)
{
	const char *start = strstr(from, before), *end;
	size_t length;

	end = start ? strstr(start + strlen(before), after) : NULL;
	if (!end)
		return NULL;
	start += strlen(before);
	length = end - start < COMM_LEN ? end - start : COMM_LEN - 1;
	memcpy(comm, start, length);
	comm[length] = '\0';
	return end;
}

static bool parse_switch(const char *text, struct sched_event *event)
{
	const char *next = strstr(text, " ==> next_comm="), *prev, *rest;
	char state[16], prev_comm[COMM_LEN];

	event->type = EVENT_SWITCH;
	prev = take_comm(text, "prev_comm=", " prev_pid=", prev_comm);
	rest = next ? take_comm(next, "next_comm=", " next_pid=", event->comm) : NULL;
	if (!prev || !rest)
		return false;
	if (sscanf(prev, " prev_pid=%u prev_prio=%*d prev_state=%15s", &event->prev_pid, state) !=
	    2)
		return false;
	event->prev_ready = state[0] == 'R';
	return sscanf(rest, " next_pid=%u next_prio=%d", &event->pid, &event->prio) == 2;
}

static bool parse_waking(const char *text, struct sched_event *event)
{
	const char *rest = take_comm(text, "comm=", " pid=", event->comm);

	event->type = EVENT_WAKING;
	return rest && sscanf(rest, " pid=%u prio=%d target_cpu=%u", &event->pid, &event->prio,
			      &event->target_cpu) == 3;
}

static bool parse_woken(const char *text, struct sched_event *event)
{
	bool parsed = parse_waking(text, event);

	event->type = EVENT_WOKEN;
	return parsed;
}

/* "(ADDRESS) pid=..." */
static bool parse_grant(const char *text, struct sched_event *event)
{
	unsigned long long slice_ns, deadline_ns;

	event->type = EVENT_GRANT;
	if (sscanf(text, "(%*[^)]) pid=%u slice=%llu deadline=%llu", &event->pid, &slice_ns,
		   &deadline_ns) != 3)
		return false;
	event->slice_ns = slice_ns;
	event->deadline_ns = deadline_ns;
	return true;
}

static bool parse_power(const char *text, struct sched_event *event)
{
	event->type = EVENT_POWER;
	return sscanf(text, "scx_topo power %15s %lf", event->zone, &event->watts) == 2;
}

static bool parse_frequency(const char *text, struct sched_event *event)
{
	event->type = EVENT_FREQUENCY;
	return sscanf(text, "state=%u cpu_id=%u", &event->khz, &event->cpu) == 2;
}

bool sched_event_parse(const char *line, struct sched_event *event)
{
	static const struct {
		const char *name;
		bool (*parse)(const char *text, struct sched_event *event);
	} events[] = {
		{ ": sched_switch: ", parse_switch },	   { ": sched_waking: ", parse_waking },
		{ ": sched_wakeup: ", parse_woken },	   { ": sched_wakeup_new: ", parse_woken },
		{ ": cpu_frequency: ", parse_frequency },  { ": scx_topo_grant: ", parse_grant },
		{ ": tracing_mark_write: ", parse_power },
	};
	const char *at;
	size_t i;

	if (line[0] == '#')
		return false;
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		at = strstr(line, events[i].name);
		if (!at)
			continue;
		memset(event, 0, sizeof(*event));
		return parse_head(line, at, event) &&
		       events[i].parse(at + strlen(events[i].name), event);
	}
	return false;
}
