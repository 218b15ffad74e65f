/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "check_running.h"
#include "layout_diff.h"
#include "message.h"
#include "running.h"

static int compare(const struct topo *topo, const struct running *running)
{
	struct layout wanted;
	int err = layout_build(topo, &wanted), nr;

	if (err)
		return fail(EXIT_FAILED, "cannot lay out the topology: %s", strerror(-err));
	nr = layout_diff(stdout, &wanted, &running->layout);
	layout_free(&wanted);
	if (nr)
		return fail(EXIT_FAILED,
			    "the running scheduler's tables differ from the topology in %d "
			    "places: end it and start it again",
			    nr);
	layout_list_domains(stdout, &running->layout);
	printf("the running scheduler's tables equal the topology: %u CPUs, %u domains\n",
	       running->layout.conf.nr_cpus, running->layout.conf.nr_domains);
	return EXIT_DONE;
}

int check_running(const struct topo *topo)
{
	struct running running;
	int status = running_open_or_say(&running);

	if (status != EXIT_DONE)
		return status;
	status = compare(topo, &running);
	running_close(&running);
	return status;
}
