// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the counters of the whole VM, or of each of its vCPUs: once, and then
 * again and again with as few CPUIDs as that takes.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "counters/sample.h"
#include "counters/cpuid.h"
#include "xalloc.h"

struct collection {
	struct sample *sample;
	struct source *source;
	const struct sample *before;
};

static const struct counters *find_cpu(const struct sample *sample, int cpu)
{
	size_t i;

	for (i = 0; sample && i < sample->nr; i++) {
		if (sample->all[i].cpu == cpu)
			return &sample->all[i];
	}
	return NULL;
}

static int collect(int cpu, void *arg)
{
	struct collection *coll = arg;
	const struct counters *before = find_cpu(coll->before, cpu);
	struct sample *sample = coll->sample;
	struct counters *counters;
	int ret;

	sample->all = xreallocarray(sample->all, sample->nr + 1,
				    sizeof(*sample->all));
	counters = &sample->all[sample->nr];
	coll->source->cpu = cpu;
	ret = before ? counters_read_again(counters, coll->source, before) :
		       counters_read(counters, coll->source, true);
	if (ret)
		return ret;
	sample->nr++;

	if (counters->epoch != sample->all[0].epoch) {
		if (coll->before)
			return COUNTERS_MOVED;
		source_warn(coll->source,
			    "epoch 0x%016llx is not that of the first CPU, 0x%016llx",
			    counters->epoch, sample->all[0].epoch);
		return -1;
	}
	return 0;
}

/* A CPU that went offline: its vCPU's counts, and our queries of it, are kept. */
static void keep_missing(struct sample *sample, const struct sample *before)
{
	size_t i;

	for (i = 0; i < before->nr; i++) {
		if (find_cpu(sample, before->all[i].cpu))
			continue;
		sample->all = xreallocarray(sample->all, sample->nr + 1,
					    sizeof(*sample->all));
		counters_copy(&sample->all[sample->nr++], &before->all[i]);
	}
}

static int read_vcpus(struct sample *sample, struct source *source,
		      const struct sample *before)
{
	struct collection coll = { .sample = sample, .source = source, .before = before };
	int ret = vcpus_walk(source, collect, &coll);

	/* An empty dump: say what is missing. */
	if (!ret && !sample->nr)
		ret = collect(DUMP_ANY_CPU, &coll);
	if (ret)
		return ret;

	source->cpu = DUMP_ANY_CPU;
	if (before)
		keep_missing(sample, before);
	else if (sample->nr < sample->all[0].nr_vcpus)
		source_warn(source, "only %zu of the VM's %u vCPUs could be asked",
			    sample->nr, sample->all[0].nr_vcpus);
	return 0;
}

static int read_vm(struct sample *sample, struct source *source,
		   const struct sample *before)
{
	int ret;

	sample->all = xreallocarray(NULL, 1, sizeof(*sample->all));
	ret = before ? counters_read_again(sample->all, source, before->all) :
		       counters_read(sample->all, source, false);
	if (!ret)
		sample->nr = 1;
	return ret;
}

static int read_counters(struct sample *sample, struct source *source,
			 const struct sample *before, bool vcpus)
{
	int ret;

	memset(sample, 0, sizeof(*sample));
	sample->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	sample->time_ns = clock_now();
	ret = vcpus ? read_vcpus(sample, source, before) : read_vm(sample, source, before);
	if (ret)
		sample_free(sample);
	return ret;
}

/**
 * sample_take - read the counters for the first time
 * @sample: is overwritten; for sample_free() if 0 is returned
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
int sample_take(struct sample *sample, struct source *source, bool vcpus)
{
	return read_counters(sample, source, NULL, vcpus);
}

/**
 * sample_again - read the same counters another time
 * @sample: is overwritten; for sample_free() if 0 is returned
 * @source: whom to ask, as for @before
 * @before: the last sample of these counters
 *
 * Context: as sample_take().
 * Return: 0, COUNTERS_MOVED if the VM has other counters now, or -1 after saying
 * on stderr what is wrong.
 */
int sample_again(struct sample *sample, struct source *source,
		 const struct sample *before)
{
	return read_counters(sample, source, before, before->all[0].this_vcpu);
}

/**
 * sample_follow - read the counters another time, be they the same or others
 * @sample: is overwritten; for sample_free() if the result isn't negative
 * @source: whom to ask, as for @before
 * @before: the sample before
 *
 * Context: as sample_take().
 * Return: 0, COUNTERS_MOVED if @sample is of other counters than @before, or -1
 * after saying on stderr what is wrong.
 */
int sample_follow(struct sample *sample, struct source *source,
		  const struct sample *before)
{
	int ret = sample_again(sample, source, before);

	if (ret != COUNTERS_MOVED)
		return ret;
	return sample_take(sample, source, before->all[0].this_vcpu) ? -1 : COUNTERS_MOVED;
}

/**
 * sample_find - find the counts of the same vCPU, or of the VM
 * @sample: where to look
 * @like: counts from another sample of the same kind
 *
 * Return: the counts, NULL if the vCPU was not asked.
 */
const struct counters *sample_find(const struct sample *sample, const struct counters *like)
{
	size_t i;

	for (i = 0; i < sample->nr; i++) {
		if (!like->this_vcpu || sample->all[i].vcpu == like->vcpu)
			return &sample->all[i];
	}
	return NULL;
}

/**
 * sample_free - free what a sample has of the heap
 * @sample: taken with success, or all zero
 */
void sample_free(struct sample *sample)
{
	while (sample->nr)
		counters_free(&sample->all[--sample->nr]);
	free(sample->all);
	memset(sample, 0, sizeof(*sample));
}
