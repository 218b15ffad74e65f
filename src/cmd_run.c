/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `scx_topo run`: a supervisor that keeps root but does nothing with it, and a worker that
 * schedules and has none. The supervisor starts another worker when CPUs come or go, as that one
 * has to read the machine and load the BPF program again.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "help.h"
#include "instance.h"
#include "message.h"
#include "mode.h"
#include "worker.h"

#define RESTART_PAUSE_MS 50 /* CPUs rarely come or go alone */

static const struct option long_options[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "switch", required_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "sysfs-root", required_argument, NULL, 'r' },
	{ "profile", required_argument, NULL, 'p' },
	{ "no-energy", no_argument, NULL, 'n' },
	{ "explain", no_argument, NULL, 'x' },
	{ "epp", no_argument, NULL, 'e' },
	{ 0 },
};

struct arguments {
	struct run_options run;
	bool mode_given, profile_given;
	bool switch_mode; /* of the running instance, to run.mode */
	bool help;
};

/* Returns EXIT_DONE or says what is wrong. */
static int parse(int argc, char **argv, struct arguments *args)
{
	int c;

	*args = (struct arguments){ .run = { .mode = TOPO_MODE_PERF } };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		switch (c) {
		case 's':
			args->switch_mode = true;
			/* fall through */
		case 'm':
			if (!mode_parse(optarg, &args->run.mode))
				return fail_usage("'%s' is no mode: perf, powersave or auto",
						  optarg);
			args->mode_given = true;
			break;
		case 'p':
			if (strcmp(optarg, "laptop"))
				return fail_usage("'%s' is no profile: laptop", optarg);
			args->profile_given = true;
			break;
		case 'n':
			args->run.steering.no_energy = true;
			break;
		case 'x':
			args->run.steering.explain = true;
			break;
		case 'e':
			args->run.steering.epp = true;
			break;
		case 'v':
			args->run.verbose = true;
			break;
		case 'h':
			args->help = true;
			break;
		case 'r':
			return fail_usage("--sysfs-root never schedules: it goes with topology");
		case ':':
			return fail_usage("%s needs a value", argv[optind - 1]);
		default:
			return fail_usage("unknown option %s", argv[optind - 1]);
		}
	}
	if (args->profile_given && args->mode_given)
		return fail_usage("--profile chooses the mode: leave out --mode");
	if (args->profile_given)
		args->run.mode = TOPO_MODE_AUTO;
	if (optind < argc)
		return fail_usage("run takes no argument '%s'", argv[optind]);
	return EXIT_DONE;
}

static int switch_mode(enum topo_mode mode)
{
	pid_t pid = instance_find();

	if (!pid)
		return fail(EXIT_FAILED, "no scx_topo is running whose mode could be changed");
	if (kill(pid, worker_signal_of(mode)))
		return fail(EXIT_FAILED, "cannot tell process %d to change its mode: %s", (int)pid,
			    strerror(errno));
	return EXIT_DONE;
}

/* In the child: dies with its parent, starts with the signals as they were. */
static void run_worker(pid_t parent, const struct run_options *options)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(EXIT_FAILED);
	exit(worker_run(options));
}

static int worker_status(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return fail(EXIT_FAILED,
		    "the scheduling process was killed by signal %d (%s); the kernel's "
		    "own scheduler has taken over",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
}

/* What the supervisor listens to; blocked, and taken one by one. */
static void block_signals(sigset_t *set)
{
	enum topo_mode mode;

	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	for (mode = TOPO_MODE_PERF; mode <= TOPO_MODE_AUTO; mode++)
		sigaddset(set, worker_signal_of(mode));
	sigprocmask(SIG_BLOCK, set, NULL);
}

/* Passes signals on until the worker has ended; keeps the mode for the next one. */
static int watch_worker(pid_t pid, const sigset_t *set, struct run_options *options, bool *ending)
{
	enum topo_mode mode;
	int status, sig;

	for (;;) {
		sig = sigwaitinfo(set, NULL);
		if (sig == SIGCHLD && waitpid(pid, &status, WNOHANG) == pid)
			return worker_status(status);
		if (sig < 0 || sig == SIGCHLD)
			continue;
		for (mode = TOPO_MODE_PERF; mode <= TOPO_MODE_AUTO; mode++) {
			if (sig == worker_signal_of(mode))
				options->mode = mode;
		}
		if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP) {
			*ending = true;
			sig = SIGTERM;
		}
		kill(pid, sig);
	}
}

/* After the worker, however it ended, and before the first: one before us may have been killed. */
static void put_back_epp(void)
{
	if (epp_restore("/", EPP_STATE_FILE) < 0)
		note("%s is not ours: left alone", EPP_STATE_FILE);
}

/* What the workers learn, in memory that they share with us; NULL: it is not kept. */
static struct model_store *open_store(void)
{
	struct model_store *store = mmap(NULL, sizeof(*store), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (store == MAP_FAILED)
		return NULL;
	if (store_read(STORE_FILE, store) == -EINVAL)
		note("%s is damaged: learning anew", STORE_FILE);
	return store;
}

static void write_store(const struct model_store *store)
{
	int err;

	if (!store || !store->signature)
		return;
	mkdir(STORE_FOLDER, 0755);
	err = store_write(STORE_FILE, store);
	if (err)
		note("cannot keep what was learned in %s: %s", STORE_FILE, strerror(-err));
}

static int supervise(struct run_options *options)
{
	const struct timespec pause = { .tv_nsec = RESTART_PAUSE_MS * NSEC_PER_MSEC };
	pid_t pid, self = getpid();
	bool ending = false;
	sigset_t set;
	int status;

	put_back_epp();
	if (!options->steering.no_energy)
		options->steering.store = open_store();
	block_signals(&set);
	for (;;) {
		pid = fork();
		if (pid < 0)
			return fail(EXIT_FAILED, "cannot start a process: %s", strerror(errno));
		if (!pid)
			run_worker(self, options);
		status = watch_worker(pid, &set, options, &ending);
		put_back_epp();
		write_store(options->steering.store);
		if (status != WORKER_RESTART && status != WORKER_NEW_GOVERNOR)
			return status;
		if (ending)
			return EXIT_DONE;
		note("%s: looking at the machine again",
		     status == WORKER_RESTART ? "CPUs came or went"
					      : "the governor of the clocks has changed");
		nanosleep(&pause, NULL);
	}
}

int cmd_run(int argc, char **argv)
{
	struct arguments args;
	int status = parse(argc, argv, &args), err;

	if (status != EXIT_DONE)
		return status;
	if (args.help)
		return help_print();
	if (args.switch_mode)
		return switch_mode(args.run.mode);
	if (geteuid())
		return fail(EXIT_CANNOT, "scheduling needs root: run it with sudo");
	err = instance_lock();
	if (err == -EBUSY)
		return fail(EXIT_FAILED, "scx_topo is running already (process %d)",
			    (int)instance_find());
	if (err)
		return fail(EXIT_FAILED, "cannot lock /run/scx_topo.lock: %s", strerror(-err));
	return supervise(&args.run);
}
