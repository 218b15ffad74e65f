/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy's seam for unit tests: tables of a regular machine, a clock that the test sets, DSQs
 * that are a number and a first deadline, and a record of what the policy asked for.
 *
 * The machine is nodes of domains of tiles of cores of threads. CPU numbers count through them;
 * where two tiles fit into one word of an affinity they share it, so that slots are not CPU
 * numbers. Nodes stand in a row: distance 10 for each step and 10 for memory itself.
 */
#ifndef SCX_TOPO_TEST_FAKE_ENV_H
#define SCX_TOPO_TEST_FAKE_ENV_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ENV static inline
#include "bpf/env.h"
#include "bpf/bits.h"

#define sched_yield topo_sched_yield /* <sched.h> has one too */

#define FAKE_CPUS    1024
#define FAKE_DOMAINS 256
#define FAKE_CALLS   64
#define MS	     1000000ULL
#define US	     1000ULL

#define DOMAIN_DSQ(n) (DSQ_DOMAIN_BASE + (n))
#define CPU_DSQ(n)    (DSQ_CPU_BASE + (n))

struct task_struct {
	struct task_ctx ctx;
	bool no_ctx; /* memory ran out when it was made */
	u32 cpu, weight;
	bool pinned, has_affinity;
	bool may_run[FAKE_CPUS]; /* with has_affinity */
	u64 slice_ns;		 /* as last set by the policy */
};

struct fake_shape {
	u32 nodes, domains, tiles, cores, smt; /* each: so many in one of the thing before */
	u32 l2_cores;			       /* that share an L2; 0: none is known */
	u32 small_cores; /* of a tile, the last ones: kind 0, the others are kind 1 */
};

struct fake_dsq {
	u32 nr;
	u64 deadline_ns; /* of the first */
};

struct fake_insert {
	const struct task_struct *p;
	bool local, next;
	u64 where; /* CPU or DSQ */
	u64 slice_ns, deadline_ns;
	u32 enq;
};

static struct fake {
	u64 now_ns;
	struct topo_conf conf;
	struct policy policy;
	bool no_policy;
	struct machine machine;
	u32 nr_cpus, nr_tiles, nr_domains;
	struct cpu_ctx cpus[FAKE_CPUS];
	struct tile tiles[FAKE_CPUS];
	struct domain domains[FAKE_DOMAINS];
	bool taken[FAKE_CPUS]; /* by a higher class */
	struct cpu_stats stats;
	u32 speed;			       /* of all CPUs */
	u32 nr_speeds, speed_cpu, speed_asked; /* calls, and the last one */

	struct fake_dsq domain_dsqs[FAKE_DOMAINS], cpu_dsqs[FAKE_CPUS];
	struct fake_insert inserts[FAKE_CALLS];
	struct {
		u32 cpu;
		enum env_kick how;
	} kicks[FAKE_CALLS];
	u64 moves[FAKE_CALLS]; /* DSQs that were tried, in order */
	u32 nr_inserts, nr_kicks, nr_moves, nr_lookups;
} fake;

ENV u64 env_now(void)
{
	return fake.now_ns;
}

ENV u64 env_switch_ns(void)
{
	return fake.now_ns;
}

ENV const struct topo_conf *env_conf(void)
{
	return &fake.conf;
}

ENV const struct policy *env_policy(void)
{
	return fake.no_policy ? NULL : &fake.policy;
}

ENV bool env_steered(void)
{
	return !fake.no_policy;
}

ENV struct machine *env_machine(void)
{
	return &fake.machine;
}

ENV struct cpu_ctx *env_cpu(u32 cpu)
{
	return cpu < fake.nr_cpus && cpu < FAKE_CPUS ? &fake.cpus[cpu] : NULL;
}

ENV struct tile *env_tile(u32 tile)
{
	return tile < fake.nr_tiles && tile < FAKE_CPUS ? &fake.tiles[tile] : NULL;
}

ENV struct domain *env_domain(u32 domain)
{
	return domain < fake.nr_domains && domain < FAKE_DOMAINS ? &fake.domains[domain] : NULL;
}

ENV struct task_ctx *env_task(struct task_struct *p)
{
	return p->no_ctx ? NULL : &p->ctx;
}

ENV u32 env_task_cpu(struct task_struct *p)
{
	return p->cpu;
}

ENV u32 env_task_weight(struct task_struct *p)
{
	return p->weight;
}

ENV bool env_task_pinned(struct task_struct *p)
{
	return p->pinned;
}

ENV bool env_task_everywhere(struct task_struct *p)
{
	return !p->has_affinity;
}

ENV bool env_task_may_run(struct task_struct *p, u32 cpu)
{
	return !p->has_affinity || p->may_run[cpu];
}

ENV bool env_cpu_taken(u32 cpu)
{
	return fake.taken[cpu];
}

ENV void env_task_set_slice(struct task_struct *p, u64 slice_ns)
{
	p->slice_ns = slice_ns;
}

ENV void env_insert_local(struct task_struct *p, u32 cpu, u64 slice_ns, u32 enq)
{
	assert_true(fake.nr_inserts < FAKE_CALLS);
	fake.inserts[fake.nr_inserts++] = (struct fake_insert){
		.p = p, .local = true, .where = cpu, .slice_ns = slice_ns, .enq = enq
	};
}

ENV void env_insert_next(struct task_struct *p, u64 slice_ns)
{
	assert_true(fake.nr_inserts < FAKE_CALLS);
	fake.inserts[fake.nr_inserts++] = (struct fake_insert){
		.p = p, .local = true, .next = true, .where = p->cpu, .slice_ns = slice_ns
	};
}

ENV void env_insert_dsq(struct task_struct *p, u64 dsq, u64 slice_ns, u64 deadline_ns)
{
	assert_true(fake.nr_inserts < FAKE_CALLS);
	fake.inserts[fake.nr_inserts++] = (struct fake_insert){
		.p = p, .where = dsq, .slice_ns = slice_ns, .deadline_ns = deadline_ns
	};
}

static inline struct fake_dsq *fake_dsq(u64 dsq)
{
	if (dsq >= DSQ_CPU_BASE) {
		assert_true(dsq - DSQ_CPU_BASE < fake.nr_cpus);
		return &fake.cpu_dsqs[dsq - DSQ_CPU_BASE];
	}
	assert_in_range(dsq, DSQ_DOMAIN_BASE, DSQ_DOMAIN_BASE + fake.nr_domains - 1);
	return &fake.domain_dsqs[dsq - DSQ_DOMAIN_BASE];
}

ENV bool env_move_to_local(u64 dsq)
{
	struct fake_dsq *queue = fake_dsq(dsq);

	assert_true(fake.nr_moves < FAKE_CALLS);
	fake.moves[fake.nr_moves++] = dsq;
	if (!queue->nr)
		return false;
	queue->nr--;
	return true;
}

ENV bool env_first_deadline(u64 dsq, u64 *deadline_ns)
{
	const struct fake_dsq *queue = fake_dsq(dsq);

	fake.nr_lookups++;
	if (!queue->nr)
		return false;
	*deadline_ns = queue->deadline_ns;
	return true;
}

ENV void env_kick(u32 cpu, enum env_kick how)
{
	assert_true(fake.nr_kicks < FAKE_CALLS);
	fake.kicks[fake.nr_kicks].cpu = cpu;
	fake.kicks[fake.nr_kicks++].how = how;
}

ENV u32 env_speed(u32 cpu)
{
	(void)cpu;
	return fake.speed;
}

ENV void env_set_speed(u32 cpu, u32 speed)
{
	fake.nr_speeds++;
	fake.speed_cpu = cpu;
	fake.speed_asked = speed;
}

ENV struct cpu_stats *env_stats(void)
{
	return &fake.stats;
}

/* --- Making the machine --- */

static inline void fake_make_cpu(const struct fake_shape *s, u32 tile, u32 i, u32 base)
{
	u32 cpu = fake.nr_cpus++, core = i / s->smt, slot = base + i, k;
	u32 l2_threads = s->l2_cores * s->smt;
	struct tile *t = &fake.tiles[tile];
	struct cpu_ctx *c = &fake.cpus[cpu];

	c->tile = tile;
	c->domain = t->domain;
	c->node = fake.domains[t->domain].node;
	c->slot = slot;
	c->kind = s->small_cores && core < s->cores - s->small_cores ? 1 : 0;
	c->capacity = s->small_cores && !c->kind ? 512 : 1024;
	c->online = 1;
	for (k = 0; k < s->cores * s->smt; k++) {
		if (k / s->smt == core)
			c->core_mask |= bit(base + k);
		if (l2_threads && k / l2_threads == i / l2_threads)
			c->l2_mask |= bit(base + k);
	}
	c->l2_mask |= c->core_mask;
	t->slots |= bit(slot);
	t->kind[c->kind] |= bit(slot);
	t->cpu[slot] = cpu;
	if (i % s->smt == 0)
		t->first |= bit(slot);
}

static inline void fake_make_tile(const struct fake_shape *s, u32 domain)
{
	u32 tile = fake.nr_tiles++, width = s->cores * s->smt, i;
	bool shares = width <= TILE_SLOTS / 2;

	fake.tiles[tile].domain = domain;
	fake.tiles[tile].word = shares ? tile / 2 : tile;
	fake.conf.nr_words = fake.tiles[tile].word + 1;
	for (i = 0; i < width; i++)
		fake_make_cpu(s, tile, i, shares && tile % 2 ? TILE_SLOTS / 2 : 0);
}

static inline void fake_make_domain(const struct fake_shape *s, u32 node)
{
	struct domain *d = &fake.domains[fake.nr_domains];
	u32 i;

	d->id = fake.nr_domains++;
	d->node = node;
	d->first_tile = fake.nr_tiles;
	d->first_cpu = fake.nr_cpus;
	d->kinds = s->small_cores ? 3 : 1;
	d->nr_tiles = s->tiles;
	d->nr_cpus = s->tiles * s->cores * s->smt;
	d->capacity = 1024 * d->nr_cpus;
	for (i = 0; i < s->tiles; i++)
		fake_make_tile(s, d->id);
}

static inline void fake_make_rings(const struct fake_shape *s, struct domain *home)
{
	u32 steps, word, i;

	for (steps = 0; steps < s->nodes; steps++) {
		for (word = 0; word * 64 < fake.nr_domains; word++) {
			struct ring ring = { .word = word,
					     .level = steps ? LEVEL_MACHINE : LEVEL_NODE,
					     .distance = 10 + 10 * steps };

			for (i = word * 64; i < fake.nr_domains && i < word * 64 + 64; i++) {
				if (i != home->id &&
				    (u32)abs((int)fake.domains[i].node - (int)home->node) == steps)
					ring.domains |= bit(i);
			}
			if (ring.domains)
				home->rings[home->nr_rings++] = ring;
		}
	}
}

/* A machine with nothing running, every CPU busy as far as the idle bitmaps say. */
static inline void fake_start(struct fake_shape s)
{
	u32 i;

	memset(&fake, 0, sizeof(fake));
	fake.now_ns = 1000 * MS;
	fake.speed = 1024;
	fake.conf.slice_max_ns = 20 * MS;
	fake.conf.slice_min_ns = 1 * MS;
	fake.conf.credit_ns = 20 * MS;
	fake.conf.lag_max_ns = 200 * MS;
	fake.conf.awake_max_ns = 100 * MS;
	fake.conf.preempt_ns = 1 * MS;
	fake.conf.steal_node_ns = 200 * US;
	fake.conf.steal_machine_ns = 1 * MS;
	fake.conf.smt_width = s.smt;
	fake.conf.nr_kinds = s.small_cores ? 2 : 1;
	for (i = 0; i < s.nodes * s.domains; i++)
		fake_make_domain(&s, i / s.domains);
	for (i = 0; i < fake.nr_domains; i++) {
		fake.domains[i].clock_ns = 5000 * MS;
		fake_make_rings(&s, &fake.domains[i]);
	}
	fake.conf.nr_cpu_ids = fake.conf.nr_cpus = fake.nr_cpus;
	fake.conf.nr_domains = fake.nr_domains;
	fake.conf.nr_tiles = fake.nr_tiles;
	fake.policy.version = POLICY_VERSION;
	fake.policy.mode = TOPO_MODE_PERF;
	fake.policy.nr_kinds = fake.conf.nr_kinds;
	fake.policy.kind_order[0] = fake.conf.nr_kinds - 1;
	fake.conf.fallback = fake.policy;
}

/* Set-ups for tests: 2 nodes of 2 domains of 4 CPUs. */
static inline int fake_four_domains(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 2, .domains = 2, .tiles = 1, .cores = 4, .smt = 1 });
	return 0;
}

/* 2 nodes of 2 domains of 4 cores of 2 threads, the last two cores small; 2 cores share an L2. */
static inline int fake_hybrid_smt(void **state)
{
	(void)state;
	fake_start((struct fake_shape){ .nodes = 2,
					.domains = 2,
					.tiles = 1,
					.cores = 4,
					.smt = 2,
					.l2_cores = 2,
					.small_cores = 2 });
	return 0;
}

/* 2 domains of 2 powerful and 2 small cores. */
static inline int fake_hybrid(void **state)
{
	(void)state;
	fake_start((struct fake_shape){
		.nodes = 1, .domains = 2, .tiles = 1, .cores = 4, .smt = 1, .small_cores = 2 });
	return 0;
}

static inline bool fake_is_idle(u32 cpu)
{
	const struct cpu_ctx *c = &fake.cpus[cpu];

	return fake.tiles[c->tile].idle >> c->slot & 1;
}

static inline void fake_powersave(void)
{
	fake.policy.mode = TOPO_MODE_POWERSAVE;
	fake.policy.kind_order[0] = 0;
	fake.policy.kind_order[1] = 1;
	if (fake.conf.nr_kinds > 1)
		fake.policy.fit_util[0] = 409;
}

/* A task of nice 0 that may run everywhere and last ran on that CPU, at its domain's clock. */
static inline struct task_struct fake_task(u32 cpu)
{
	struct task_struct p = { .cpu = cpu, .weight = 100 };

	p.ctx.domain = fake.cpus[cpu].domain;
	p.ctx.last_cpu = cpu;
	p.ctx.vruntime_ns = fake.domains[p.ctx.domain].clock_ns;
	memset(p.ctx.allowed, 0xff, sizeof(p.ctx.allowed));
	return p;
}

/* Puts `nr` tasks into a DSQ that the task's CPU or domain counts as waiting. */
static inline void fake_queue(u64 dsq, u32 nr, u64 deadline_ns)
{
	u64 line = (u64)nr << 32 | nr;

	*fake_dsq(dsq) = (struct fake_dsq){ nr, deadline_ns };
	if (dsq >= DSQ_CPU_BASE) {
		fake.cpus[dsq - DSQ_CPU_BASE].line += line;
		return;
	}
	fake.domains[dsq - DSQ_DOMAIN_BASE].line += line;
	fake.machine.waiting_domains[(dsq - DSQ_DOMAIN_BASE) / 64] |= bit(dsq);
}

static inline u64 counted(enum topo_stat stat)
{
	return fake.stats.count[stat];
}

/* --- What the policy asked for --- */

static inline void assert_inserted_local(const struct task_struct *p, u32 cpu, u64 slice_ns)
{
	assert_int_equal(fake.nr_inserts, 1);
	assert_ptr_equal(fake.inserts[0].p, p);
	assert_true(fake.inserts[0].local);
	assert_int_equal(fake.inserts[0].where, cpu);
	assert_int_equal(fake.inserts[0].slice_ns, slice_ns);
}

static inline void assert_inserted_dsq(const struct task_struct *p, u64 dsq, u64 slice_ns,
				       u64 deadline_ns)
{
	assert_int_equal(fake.nr_inserts, 1);
	assert_ptr_equal(fake.inserts[0].p, p);
	assert_false(fake.inserts[0].local);
	assert_int_equal(fake.inserts[0].where, dsq);
	assert_int_equal(fake.inserts[0].slice_ns, slice_ns);
	assert_int_equal(fake.inserts[0].deadline_ns, deadline_ns);
}

static inline void assert_kicked(u32 i, u32 cpu, enum env_kick how)
{
	assert_true(i < fake.nr_kicks);
	assert_int_equal(fake.kicks[i].cpu, cpu);
	assert_int_equal(fake.kicks[i].how, how);
}

#endif
