/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "help.h"
#include "message.h"

static const char text[] =
	"scx_topo: a CPU scheduler that knows the machine it runs on\n"
	"\n"
	"  scx_topo [run] [--mode perf|powersave|auto]\n"
	"      Schedules this machine until Ctrl-C. Needs root and Linux 6.16 or newer with\n"
	"      sched_ext; the kernel's own scheduler takes over the moment it ends.\n"
	"\n"
	"      --mode MODE    perf: powerful cores first, whole idle cores first (default)\n"
	"                     powersave: efficient cores first, packed\n"
	"                     auto: powersave on battery, perf on mains\n"
	"      --profile laptop  the same as --mode auto: follows mains, battery and the power\n"
	"                     profile of the desktop, and learns which cores are cheap\n"
	"      --no-energy    never read energy counters: the order of cores stays as it is\n"
	"      --explain      print each decision about modes and energy as one line\n"
	"      --epp          in powersave, ask the processor itself to save power, too; it is\n"
	"                     put back as it was at the end\n"
	"      --switch MODE  change the mode of the scx_topo that is running, and end\n"
	"      --verbose      show what libbpf and the kernel's verifier say\n"
	"\n"
	"  scx_topo topology [-i FILE.xml|SYNTHETIC] [--format tree|cpus|json|xml] [--check]\n"
	"      Shows how the machine is built, and how it is divided into domains.\n"
	"\n"
	"  scx_topo simulate -i TOPOLOGY -w SCENARIO [--mode MODE] [--seed N]\n"
	"      Runs the policy on a simulated machine. scx_topo simulate --help says more.\n"
	"\n"
	"  scx_topo new NAME\n"
	"      Makes a project for a scheduler of your own in C, with libscxu.\n"
	"\n"
	"  scx_topo evolve --spec TEXT (--model-cmd CMD | --replay DIR)\n"
	"      Tries schedulers that a command writes. scx_topo evolve --help says more.\n"
	"\n"
	"  scx_topo monitor [--format text|json] [-n COUNT] [INTERVAL_SECONDS]\n"
	"      Shows what the running scx_topo does, each second or at that interval, COUNT times\n"
	"      or until Ctrl-C: by domain and kind of core, and every counter. Needs root.\n"
	"\n"
	"  scx_topo trace -o FILE [SECONDS]\n"
	"      Records who runs where, under any scheduler, for 5 s or so many, or until Ctrl-C;\n"
	"      FILE opens in ui.perfetto.dev. Needs root.\n"
	"\n"
	"  --sysfs-root DIR   read /sys and /proc below DIR (never schedules)\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 done, 1 failed at run time, 2 wrong usage, 77 this machine cannot.\n"
	"\n"
	"Examples:\n"
	"  sudo scx_topo                            schedule for performance\n"
	"  sudo scx_topo run --switch powersave     from another shell: save power from now on\n"
	"  sudo scx_topo monitor                    watch it, from another shell\n"
	"  sudo scx_topo trace -o trace.json 2      record two seconds of it\n"
	"  scx_topo topology -i laptop.xml          look at another machine\n"
	"  scx_topo topology --format xml >me.xml && lstopo -i me.xml me.svg\n";

int help_print(void)
{
	fputs(text, stdout);
	return EXIT_DONE;
}
