// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the counters of the whole VM, or of each of its vCPUs: once, and then
 * again and again with as few CPUIDs as that takes.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "reading.h"
#include "vcpus.h"
#include "xalloc.h"

struct collection {
	struct reading *reading;
	struct source *source;
	const struct reading *before;
};

static const struct snapshot *find_cpu(const struct reading *reading, int cpu)
{
	size_t i;

	for (i = 0; reading && i < reading->nr; i++) {
		if (reading->snaps[i].cpu == cpu)
			return &reading->snaps[i];
	}
	return NULL;
}

static int collect(int cpu, void *arg)
{
	struct collection *coll = arg;
	const struct snapshot *before = find_cpu(coll->before, cpu);
	struct reading *reading = coll->reading;
	struct snapshot *snap;
	int ret;

	reading->snaps = xreallocarray(reading->snaps, reading->nr + 1,
				       sizeof(*reading->snaps));
	snap = &reading->snaps[reading->nr];
	coll->source->cpu = cpu;
	ret = before ? snapshot_read_again(snap, coll->source, before) :
		       snapshot_read(snap, coll->source, true);
	if (ret)
		return ret;
	reading->nr++;

	if (snap->epoch != reading->snaps[0].epoch) {
		if (coll->before)
			return SNAPSHOT_MOVED;
		source_warn(coll->source,
			    "epoch 0x%016llx is not that of the first CPU, 0x%016llx",
			    snap->epoch, reading->snaps[0].epoch);
		return -1;
	}
	return 0;
}

/* A CPU that went offline: its vCPU's counts, and our queries of it, are kept. */
static void keep_missing(struct reading *reading, const struct reading *before)
{
	size_t i;

	for (i = 0; i < before->nr; i++) {
		if (find_cpu(reading, before->snaps[i].cpu))
			continue;
		reading->snaps = xreallocarray(reading->snaps, reading->nr + 1,
					       sizeof(*reading->snaps));
		snapshot_copy(&reading->snaps[reading->nr++], &before->snaps[i]);
	}
}

static int read_vcpus(struct reading *reading, struct source *source,
		      const struct reading *before)
{
	struct collection coll = { .reading = reading, .source = source, .before = before };
	int ret = vcpus_walk(source, collect, &coll);

	/* An empty dump: say what is missing. */
	if (!ret && !reading->nr)
		ret = collect(DUMP_ANY_CPU, &coll);
	if (ret)
		return ret;

	source->cpu = DUMP_ANY_CPU;
	if (before)
		keep_missing(reading, before);
	else if (reading->nr < reading->snaps[0].nr_vcpus)
		source_warn(source, "only %zu of the VM's %u vCPUs could be asked",
			    reading->nr, reading->snaps[0].nr_vcpus);
	return 0;
}

static int read_vm(struct reading *reading, struct source *source,
		   const struct reading *before)
{
	int ret;

	reading->snaps = xreallocarray(NULL, 1, sizeof(*reading->snaps));
	ret = before ? snapshot_read_again(reading->snaps, source, before->snaps) :
		       snapshot_read(reading->snaps, source, false);
	if (!ret)
		reading->nr = 1;
	return ret;
}

static int read_counters(struct reading *reading, struct source *source,
			 const struct reading *before, bool vcpus)
{
	int ret;

	memset(reading, 0, sizeof(*reading));
	reading->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	reading->time_ns = clock_now();
	ret = vcpus ? read_vcpus(reading, source, before) : read_vm(reading, source, before);
	if (ret)
		reading_free(reading);
	return ret;
}

/**
 * reading_take - read the counters for the first time
 * @reading: is overwritten; for reading_free() if 0 is returned
 * @source: whom to ask; its cpu and log change
 * @vcpus: read those of each vCPU, not of the whole VM
 *
 * Reads those vCPUs whose CPUs this thread may run on, or that the dump has,
 * and says on stderr if the VM has more.
 *
 * Context: for vCPUs, pins the thread to one CPU after another and restores its
 * affinity.
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int reading_take(struct reading *reading, struct source *source, bool vcpus)
{
	return read_counters(reading, source, NULL, vcpus);
}

/**
 * reading_again - read the same counters another time
 * @reading: is overwritten; for reading_free() if 0 is returned
 * @source: whom to ask, as for @before
 * @before: the last reading of these counters
 *
 * Context: as reading_take().
 * Return: 0, SNAPSHOT_MOVED if the VM has other counters now, or -1 after saying
 * on stderr what is wrong.
 */
int reading_again(struct reading *reading, struct source *source,
		  const struct reading *before)
{
	return read_counters(reading, source, before, before->snaps[0].this_vcpu);
}

/**
 * reading_follow - read the counters another time, be they the same or others
 * @reading: is overwritten; for reading_free() if the result isn't negative
 * @source: whom to ask, as for @before
 * @before: the reading before
 *
 * Context: as reading_take().
 * Return: 0, SNAPSHOT_MOVED if @reading is of other counters than @before, or -1
 * after saying on stderr what is wrong.
 */
int reading_follow(struct reading *reading, struct source *source,
		   const struct reading *before)
{
	int ret = reading_again(reading, source, before);

	if (ret != SNAPSHOT_MOVED)
		return ret;
	return reading_take(reading, source, before->snaps[0].this_vcpu) ? -1 : SNAPSHOT_MOVED;
}

/**
 * reading_find - find the counts of the same vCPU, or of the VM
 * @reading: where to look
 * @like: counts from another reading of the same kind
 *
 * Return: the counts, NULL if the vCPU was not asked.
 */
const struct snapshot *reading_find(const struct reading *reading, const struct snapshot *like)
{
	size_t i;

	for (i = 0; i < reading->nr; i++) {
		if (!like->this_vcpu || reading->snaps[i].vcpu == like->vcpu)
			return &reading->snaps[i];
	}
	return NULL;
}

/**
 * reading_free - free what a reading has of the heap
 * @reading: taken with success, or all zero
 */
void reading_free(struct reading *reading)
{
	while (reading->nr)
		snapshot_free(&reading->snaps[--reading->nr]);
	free(reading->snaps);
	memset(reading, 0, sizeof(*reading));
}
