/* SPDX-License-Identifier: GPL-2.0-only */
#include "steering.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "../energy/cpufreq.h"
#include "message.h"
#include "mode.h"

#define SUPPLY_PERIOD_NS (30 * NSEC_PER_SEC)
#define GOVERNOR_NS	 (5 * NSEC_PER_SEC)
#define ROOT		 "/"

enum { FD_TIMER, FD_WATCH, FD_PROFILE, FD_PLATFORM };

__attribute__((format(printf, 2, 3))) static void explain(const struct steering *s,
							  const char *format, ...)
{
	va_list args;

	if (!s->options.explain)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static u64 monotonic_ns(void)
{
	struct rapl_clock clock;

	rapl_now(&clock);
	return clock.monotonic_ns;
}

static int open_epp(struct steering *s)
{
	int err;

	if (!s->options.epp)
		return 0;
	err = epp_open(&s->epp, ROOT, EPP_STATE_FILE);
	if (err == -ENOENT)
		note("--epp: this processor has no such preference; going on without");
	return err == -ENOENT ? 0 : err;
}

int steering_open(struct steering *s, const struct topo *topo, const struct layout *layout,
		  const struct steering_options *options)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->options = *options;
	err = energy_machine_make(topo, layout, &s->machine);
	if (!err)
		err = steer_start(&s->steer, &s->machine);
	if (err)
		return err;
	if (options->store && store_recall(options->store, &s->steer.model, s->machine.signature))
		steer_recalled(&s->steer);
	rapl_open(&s->rapl, ROOT);
	/* Low-power cores sit apart from those that the zone "core" counts. */
	s->rapl.core_is_partial |= s->machine.nr_kinds > 2;
	profile_open(&s->profile, ROOT, !options->epp);
	s->watch = supply_watch_open();
	s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	s->open = true;
	return s->timer < 0 ? -errno : open_epp(s);
}

void steering_close(struct steering *s)
{
	if (!s->open)
		return;
	rapl_close(&s->rapl);
	profile_close(&s->profile);
	steer_end(&s->steer);
	epp_close(&s->epp);
	energy_machine_free(&s->machine);
	if (s->watch >= 0)
		close(s->watch);
	if (s->timer >= 0)
		close(s->timer);
	s->open = false;
}

static bool reads_energy(const struct steering *s)
{
	return !s->options.no_energy && steer_period_ns(&s->steer);
}

static u64 earlier(u64 a, u64 b)
{
	return !a || (b && b < a) ? b : a;
}

/* Wakes up for whatever is due first; a moment of 0 disarms the timer. */
static void arm_timer(struct steering *s)
{
	u64 at = earlier(s->mode.recheck_ns, s->supply_ns);
	struct itimerspec spec = { 0 };

	if (reads_energy(s)) {
		at = earlier(at, s->read_ns + steer_period_ns(&s->steer));
		at = earlier(at, s->renewed_ns + steer_renewal_ns(&s->steer));
	}
	spec.it_value.tv_sec = at / NSEC_PER_SEC;
	spec.it_value.tv_nsec = at % NSEC_PER_SEC;
	timerfd_settime(s->timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

/* On the dispatcher's clock, as that is what it compares with. */
static void write_policy(struct steering *s, struct loader *loader, u64 now_ns)
{
	struct policy policy;

	steer_policy(&s->steer, loader_clock_ns(loader), &policy);
	if (s->options.no_energy) {
		energy_machine_policy(&s->machine, s->mode.mode, &policy);
		policy.reason = s->mode.mode == TOPO_MODE_PERF ? POLICY_PERF : POLICY_STATIC;
	}
	loader_set_policy(loader, &policy);
	s->renewed_ns = now_ns;
}

static void renew_policy(struct steering *s, struct loader *loader, u64 now_ns)
{
	loader_renew_policy(loader, steer_expires_ns(&s->steer, loader_clock_ns(loader)));
	s->renewed_ns = now_ns;
}

/* Takes a reading: the first one is only there for the next to be compared with. */
static void read_machine(struct steering *s, struct loader *loader, u64 now_ns)
{
	struct energy_sample sample = { .now_ns = now_ns };
	struct energy_counters counters = { 0 };
	struct rapl_reading reading;
	enum rapl_status before = s->rapl.status;
	struct rapl_clock clock;

	rapl_now(&clock);
	rapl_read(&s->rapl, &clock, &reading);
	for (u32 i = 0; i < s->machine.nr_cpus; i++)
		energy_counters_add(&counters, s->machine.cpus[i].kind,
				    loader_cpu_stats(loader, s->machine.cpus[i].cpu));
	sample.interval_ns = s->read_ns ? now_ns - s->read_ns : 0;
	sample.has_energy = rapl_cpu_energy(&s->rapl, &reading, &sample.energy_uj);
	energy_sample_counters(&sample, &s->counters, &counters);
	s->counters = counters;
	s->read_ns = now_ns;
	if (s->rapl.status != before)
		explain(s, "energy: %s", rapl_status_text(s->rapl.status));
	if (!steer_take(&s->steer, &sample))
		return;
	explain(s, "%s", s->steer.explanation);
	if (s->options.store && s->steer.model.nr_probes)
		store_keep(s->options.store, &s->steer.model, s->machine.signature);
}

/* Performance asks for full speed whoever sets it. */
static void look_at_governor(struct steering *s, u64 now_ns)
{
	if (s->mode.mode != TOPO_MODE_POWERSAVE || now_ns < s->governor_ns)
		return;
	s->governor_ns = now_ns + GOVERNOR_NS;
	s->outdated = cpufreq_is_schedutil(ROOT) != s->machine.sets_speed;
}

bool steering_outdated(const struct steering *s)
{
	return s->outdated;
}

static void start_mode(struct steering *s, struct loader *loader, u64 now_ns)
{
	int err = epp_set_saving(&s->epp, s->mode.mode == TOPO_MODE_POWERSAVE);

	if (err)
		note("cannot set the processor's energy preference: %s", strerror(-err));
	steer_set_mode(&s->steer, s->mode.mode);
	explain(s, "mode: %s: %s", mode_name(s->mode.mode), s->mode.why);
	s->read_ns = 0;
	s->governor_ns = 0;
	look_at_governor(s, now_ns);
	if (!reads_energy(s))
		return;
	if (s->rapl.status != RAPL_OK)
		explain(s, "energy: %s: static ranking of kinds", rapl_status_text(s->rapl.status));
	read_machine(s, loader, now_ns);
}

static void decide_mode(struct steering *s, struct loader *loader, u64 now_ns)
{
	if (!mode_decide(&s->mode, &s->inputs, now_ns))
		return;
	start_mode(s, loader, now_ns);
	write_policy(s, loader, now_ns);
}

static void look_at_supply(struct steering *s, u64 now_ns)
{
	supply_read(ROOT, &s->inputs.supply);
	s->supply_ns = s->inputs.supply.has_battery ? now_ns + SUPPLY_PERIOD_NS : 0;
}

void steering_set_wish(struct steering *s, struct loader *loader, enum topo_mode wish)
{
	u64 now_ns = monotonic_ns();

	s->inputs.wish = wish;
	s->supply_ns = 0;
	if (wish == TOPO_MODE_AUTO) {
		look_at_supply(s, now_ns);
		s->inputs.profile = profile_read(&s->profile);
	}
	decide_mode(s, loader, now_ns);
	arm_timer(s);
}

void steering_fds(const struct steering *s, struct pollfd *fds)
{
	fds[FD_TIMER] = (struct pollfd){ .fd = s->timer, .events = POLLIN };
	fds[FD_WATCH] = (struct pollfd){ .fd = s->watch, .events = POLLIN };
	fds[FD_PROFILE] = (struct pollfd){ .fd = profile_fd(&s->profile), .events = POLLIN };
	fds[FD_PLATFORM] =
		(struct pollfd){ .fd = profile_platform_fd(&s->profile), .events = POLLPRI };
}

static void on_timer(struct steering *s, struct loader *loader, u64 now_ns)
{
	u64 expirations;

	if (read(s->timer, &expirations, sizeof(expirations)) != sizeof(expirations))
		return;
	if (s->supply_ns && now_ns >= s->supply_ns)
		look_at_supply(s, now_ns);
	if (!reads_energy(s))
		return;
	if (now_ns >= s->read_ns + steer_period_ns(&s->steer)) {
		read_machine(s, loader, now_ns);
		write_policy(s, loader, now_ns);
		look_at_governor(s, now_ns);
	} else if (now_ns >= s->renewed_ns + steer_renewal_ns(&s->steer)) {
		renew_policy(s, loader, now_ns);
	}
}

static bool profile_may_differ(struct steering *s, const struct pollfd *fds)
{
	bool differs = fds[FD_PROFILE].revents && profile_changed(&s->profile);

	if (!fds[FD_PLATFORM].revents)
		return differs;
	profile_platform_changed(&s->profile);
	return true;
}

void steering_event(struct steering *s, struct loader *loader, const struct pollfd *fds)
{
	u64 now_ns = monotonic_ns();
	u32 news = 0;

	if (fds[FD_WATCH].revents)
		news = supply_watch_read(s->watch);
	if (news & NEWS_SUPPLY)
		look_at_supply(s, now_ns);
	if (profile_may_differ(s, fds) || news & NEWS_PROFILE)
		s->inputs.profile = profile_read(&s->profile);
	if (fds[FD_TIMER].revents)
		on_timer(s, loader, now_ns);
	decide_mode(s, loader, now_ns);
	arm_timer(s);
}
