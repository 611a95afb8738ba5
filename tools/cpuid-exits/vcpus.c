// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the counters of each vCPU.  A vCPU only answers for itself, so the
 * reading thread has to run on it.
 */
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "vcpus.h"
#include "xalloc.h"

/* Far more CPUs than Linux can have: past it EINVAL means something else. */
#define CPUS_LIMIT	0x100000

struct collection {
	struct source *source;
	struct snapshot *snaps;
	size_t nr;
};

static int collect(int cpu, void *arg)
{
	struct collection *coll = arg;
	struct snapshot *snap;

	coll->snaps = xreallocarray(coll->snaps, coll->nr + 1, sizeof(*coll->snaps));
	snap = &coll->snaps[coll->nr];
	coll->source->cpu = cpu;
	if (snapshot_read(snap, coll->source, true))
		return -1;
	coll->nr++;

	if (snap->epoch != coll->snaps[0].epoch) {
		source_warn(coll->source,
			    "epoch 0x%016llx is not that of the first CPU, 0x%016llx",
			    snap->epoch, coll->snaps[0].epoch);
		return -1;
	}
	return 0;
}

/* The CPUs this thread may run on, for CPU_FREE(), or NULL with errno. */
static cpu_set_t *get_affinity(int *nr_cpus)
{
	cpu_set_t *set;
	int cpus;

	/* The kernel says EINVAL to a set smaller than its own. */
	for (cpus = CPU_SETSIZE; cpus <= CPUS_LIMIT; cpus *= 2) {
		set = CPU_ALLOC(cpus);
		if (!set)
			return NULL;
		*nr_cpus = cpus;
		if (!sched_getaffinity(0, CPU_ALLOC_SIZE(cpus), set))
			return set;
		CPU_FREE(set);
		if (errno != EINVAL)
			return NULL;
	}
	return NULL;
}

static int run_on_each(const cpu_set_t *allowed, int nr_cpus, cpu_fn fn, void *arg)
{
	const size_t size = CPU_ALLOC_SIZE(nr_cpus);
	cpu_set_t *one = CPU_ALLOC(nr_cpus);
	int ret = 0, cpu;

	if (!one) {
		warn("cannot allocate memory");
		return -1;
	}

	for (cpu = 0; !ret && cpu < nr_cpus; cpu++) {
		if (!CPU_ISSET_S(cpu, size, allowed))
			continue;
		CPU_ZERO_S(size, one);
		CPU_SET_S(cpu, size, one);
		if (sched_setaffinity(0, size, one)) {
			warn("cannot run on CPU %d", cpu);
			ret = -1;
		} else {
			ret = fn(cpu, arg);
		}
	}
	CPU_FREE(one);
	return ret;
}

static int walk_allowed_cpus(cpu_fn fn, void *arg)
{
	cpu_set_t *allowed;
	int nr_cpus, ret;

	allowed = get_affinity(&nr_cpus);
	if (!allowed) {
		warn("cannot get the CPU affinity");
		return -1;
	}

	ret = run_on_each(allowed, nr_cpus, fn, arg);
	if (sched_setaffinity(0, CPU_ALLOC_SIZE(nr_cpus), allowed)) {
		warn("cannot restore the CPU affinity");
		ret = -1;
	}
	CPU_FREE(allowed);
	return ret;
}

/**
 * vcpus_read - read the counters of each vCPU
 * @snaps: where to put the array, in order of the guest's CPU numbers; for
 *	   snapshot_free() each and free(), if 0 is returned
 * @nr: where to put its number of elements, at least 1
 * @source: whom to ask; its cpu and log change
 *
 * Reads those vCPUs whose CPUs this thread may run on, or that the dump has,
 * and says on stderr if the VM has more.
 *
 * Context: pins the thread to one CPU after another and restores its affinity.
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int vcpus_read(struct snapshot **snaps, size_t *nr, struct source *source)
{
	struct collection coll = { .source = source };
	int ret;

	if (source->dump)
		ret = dump_walk_cpus(source->dump, collect, &coll);
	else
		ret = walk_allowed_cpus(collect, &coll);

	/* An empty dump: say what is missing. */
	if (!ret && !coll.nr)
		ret = collect(DUMP_ANY_CPU, &coll);

	if (ret) {
		while (coll.nr)
			snapshot_free(&coll.snaps[--coll.nr]);
		free(coll.snaps);
		return -1;
	}

	source->cpu = DUMP_ANY_CPU;
	if (coll.nr < coll.snaps[0].nr_vcpus)
		source_warn(source, "only %zu of the VM's %u vCPUs could be asked",
			    coll.nr, coll.snaps[0].nr_vcpus);
	*snaps = coll.snaps;
	*nr = coll.nr;
	return 0;
}
