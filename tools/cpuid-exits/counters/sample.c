// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the counters of the whole VM, or of each of its vCPUs.
 *
 * Each CPUID is an exit itself, so as few as possible are executed: identity,
 * geometry, epoch, the maps, a record for each reason that has occurred, and
 * the epoch again.  That is 7 and the records on VMX (highest code 0xbf),
 * 10 and the records on SVM (0x403).  The total is summed up here instead of
 * asked for, which also makes it agree with what it is the total of.
 *
 * Where time away is measured and wanted, each reason takes one CPUID more, and one
 * for two buckets, up to the bucket of the longest time away.
 *
 * A second sample takes the maps, the records and then one look at the epoch:
 * if it is the same as after the first one, nothing else can have changed.
 * Only the buckets of what changed are read, until all exits are found in them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <asm/svm.h>

#include "clock.h"
#include "counters/keys.h"
#include "counters/reasons.h"
#include "counters/sample.h"
#include "fail.h"
#include "xalloc.h"

/* CPUID leaf 1, ECX: reserved for hypervisors, which set it. */
#define CPUID_1_ECX_HYPERVISOR	0x80000000

/* Those that take more CPUIDs. */
#define OPTIONAL_FEATURES	(EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS | EXIT_STATS_F_KEYS)

/* Bits of the VMCB's intercept vectors, up to the pause filter at offset 0x3c. */
#define SVM_INTERCEPT_BITS	(0x3c * 8)

static __u64 join(__u32 high, __u32 low)
{
	return (__u64)high << 32 | low;
}

/* Says that a dump lacks the answer, if it does. */
static int ask(struct source *source, __u32 subleaf, struct cpuid_regs *regs)
{
	if (!source_ask(source, EXIT_STATS_LEAF, subleaf, regs))
		return 0;
	return !source->dump ? -1 : source_bad(source, "no answer for leaf 0x%08x sub-leaf 0x%02x",
					       EXIT_STATS_LEAF, subleaf);
}

/* Likewise what counts: of the vCPU or of the VM. */
static int ask_scope(struct source *source, __u32 subleaf, struct cpuid_regs *regs)
{
	return ask(source, source->vcpus ? EXIT_STATS_THIS_VCPU | subleaf : subleaf, regs);
}

/* A record, or two buckets, of which the geometry says that they are there. */
int sample_ask(struct source *source, __u32 subleaf, __u64 *edx_eax, __u64 *ebx_ecx)
{
	const __u32 class = subleaf & EXIT_STATS_CLASS_MASK;
	struct cpuid_regs regs;

	if (ask_scope(source, subleaf, &regs))
		return -1;
	*edx_eax = join(regs.edx, regs.eax);
	*ebx_ecx = join(regs.ebx, regs.ecx);
	if (class < EXIT_STATS_AWAY || *ebx_ecx ||
	    *edx_eax != join(EXIT_STATS_UNDEFINED_EDX, 0))
		return 0;
	return source_bad(source, class >= EXIT_STATS_KEY && class <= EXIT_STATS_KEY_MAP ?
			  "the hypervisor does not count keys any more (exit_stats=3 has them)" :
			  "the hypervisor does not measure time away any more (exit_stats=2 has it)");
}

/* A processor answers a leaf that it lacks with another one's data, or zeros. */
static int read_identity(struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, EXIT_STATS_IDENTITY, &regs))
		return -1;
	if (regs.ebx != EXIT_STATS_SIGNATURE_EBX || regs.ecx != EXIT_STATS_SIGNATURE_ECX ||
	    regs.edx != EXIT_STATS_SIGNATURE_EDX) {
		/* Only to say why: it isn't worth an exit where all is well. */
		if (!source_ask(source, 1, 0, &regs) && !(regs.ecx & CPUID_1_ECX_HYPERVISOR))
			return source_bad(source, "not running under a hypervisor");
		return source_bad(source,
				  "the hypervisor does not report exit statistics (CPUID leaf 0x%08x)%s",
				  EXIT_STATS_LEAF, source_why_absent(source));
	}
	if (regs.eax != EXIT_STATS_REVISION)
		return source_bad(source,
				  "the hypervisor reports exit statistics in ABI revision %u, this program knows %u",
				  regs.eax, EXIT_STATS_REVISION);
	return 0;
}

static int read_geometry(struct counters *counters, struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, EXIT_STATS_GEOMETRY, &regs))
		return -1;
	if (regs.eax >= EXIT_STATS_CODE_OTHER)
		return source_bad(source, "the highest exit code, 0x%x, is not below 0x%x",
				  regs.eax, EXIT_STATS_CODE_OTHER);
	counters->max_code = regs.eax;
	counters->isa = regs.ebx;
	counters->tsc_khz = regs.ecx;
	counters->features = regs.edx & (source->features | ~OPTIONAL_FEATURES);
	/* How many buckets there are to read, only the longest time away tells. */
	if (!(counters->features & EXIT_STATS_F_AWAY))
		counters->features &= ~EXIT_STATS_F_BUCKETS;

	if (ask(source, EXIT_STATS_EPOCH, &regs))
		return -1;
	counters->epoch = join(regs.edx, regs.eax);
	counters->vcpu = regs.ebx;
	counters->nr_vcpus = regs.ecx;
	return 0;
}

/* Whether the VM was moved, or the statistics switched off, in the middle. */
int sample_check_epoch(const struct counters *counters, struct source *source)
{
	struct dump *log = source->log;
	struct cpuid_regs regs;
	int ret;

	/* It is logged already, maybe with the number of another vCPU. */
	source->log = NULL;
	ret = ask(source, EXIT_STATS_EPOCH, &regs);
	source->log = log;
	return ret ? -1 : join(regs.edx, regs.eax) == counters->epoch ? 0 : COUNTERS_MOVED;
}

/*
 * An SVM exit code below that of a nested page fault is the position of an
 * intercept bit (APM vol. 2, app. B and C).  There are far fewer bits than
 * codes in between, and no need to ask for those that can't be.
 */
static int read_maps(struct counters *counters, struct source *source)
{
	const bool has_gap = counters->isa == EXIT_STATS_ISA_SVM;
	__u32 first, i;

	for (first = 0; first < EXIT_STATS_CODE_OTHER; first += EXIT_STATS_MAP_CODES) {
		const __u32 last = first + EXIT_STATS_MAP_CODES - 1;
		struct cpuid_regs regs;

		if (last != EXIT_STATS_CODE_OTHER &&
		    (first > counters->max_code ||
		     (has_gap && first >= SVM_INTERCEPT_BITS && last < SVM_EXIT_NPF)))
			continue;
		if (ask_scope(source, EXIT_STATS_MAP + first / EXIT_STATS_MAP_CODES, &regs))
			return -1;
		for (i = 0; i < EXIT_STATS_MAP_CODES; i++) {
			const __u32 bits[] = { regs.eax, regs.ebx, regs.ecx, regs.edx };
			const __u32 code = first + i;

			if (bits[i / 32] & 1u << i % 32 &&
			    (code <= counters->max_code || code == EXIT_STATS_CODE_OTHER))
				counters_add(counters, &(struct exit_count) { .code = code });
		}
	}
	return 0;
}

/*
 * The bucket of the longest time away isn't empty, and those past it are.  As long as it
 * is, what adds up to all exits came in meanwhile.
 */
static int read_buckets(const struct counters *counters, struct source *source,
			struct exit_count *count)
{
	const bool is_own = reason_is_own(counters->isa, count->code);
	const unsigned int last = latency_bucket(count->longest);
	const unsigned int asked = source->asked;
	unsigned int i;

	for (i = 0; i <= last; i += 2) {
		const __u32 pair = i / 2 << EXIT_STATS_PAIR_SHIFT;
		/* The query of exits, and all since, until the latest. */
		const __u64 own = is_own ? 1 + source->asked - asked : 0;

		if (count->buckets[last] && latency_count(count) >= count->exits + own)
			break;
		if (sample_ask(source, EXIT_STATS_BUCKETS + pair + count->code,
			       &count->buckets[i], &count->buckets[i + 1]))
			return -1;
	}
	return 0;
}

/*
 * @origin: what source->asked was when this VM or vCPU had not been asked yet.
 * @old: the count as it was read before, or NULL.
 */
static int read_count(struct counters *counters, struct source *source, __u64 origin,
		      const struct exit_count *old, struct exit_count *count)
{
	__u64 handled;

	/* A query is answered when all those before it have been counted. */
	if (reason_is_own(counters->isa, count->code) && !source->dump)
		count->own = source->asked - origin;
	if (sample_ask(source, EXIT_STATS_REASON + count->code, &count->exits, &handled))
		return -1;
	if (counters->features & EXIT_STATS_F_CYCLES)
		count->handled = handled;
	if (!(counters->features & EXIT_STATS_F_AWAY))
		return 0;
	if (sample_ask(source, EXIT_STATS_AWAY + count->code, &count->longest, &count->away))
		return -1;
	if (old)
		memcpy(count->buckets, old->buckets, sizeof(count->buckets));
	if (!(counters->features & EXIT_STATS_F_BUCKETS) || !count->longest ||
	    (old && count->exits == old->exits && count->away == old->away))
		return 0;
	return read_buckets(counters, source, count);
}

/* @before: the last counters of this VM or vCPU, or NULL. */
static int read_counters(struct counters *counters, struct source *source,
			 const struct counters *before)
{
	const __u64 asked = source->asked;
	size_t i;
	int ret;

	*counters = before ? *before : (struct counters) { .cpu = source->cpu };
	counters->this_vcpu = source->vcpus;
	counters->counts = NULL;
	counters->nr = 0;
	/* Those are added to. */
	for (i = 0; before && i < before->nr; i++) {
		if (before->counts[i].has_key)
			*counters_add(counters, &before->counts[i]) = before->counts[i];
	}
	ret = (!before && (read_identity(source) || read_geometry(counters, source))) ||
	      read_maps(counters, source) ? -1 : 0;
	for (i = 0; !ret && i < counters->nr; i++) {
		struct exit_count *count = &counters->counts[i];

		if (!count->has_key)
			ret = read_count(counters, source, asked - counters->asked,
					 before ? counters_find(before, count) : NULL, count);
	}
	if (!ret)
		ret = sample_check_epoch(counters, source);
	if (!ret && counters_sum_up(counters))
		ret = source_bad(source, "the exit statistics add up to more than 64 bits");
	counters->cpuids = source->asked - asked;
	counters->asked += counters->cpuids;
	if (ret)
		counters_free(counters);
	return ret;
}

static const struct counters *find_cpu(const struct sample *sample, int cpu)
{
	size_t i;

	for (i = 0; sample && i < sample->nr; i++) {
		if (sample->all[i].cpu == cpu)
			return &sample->all[i];
	}
	return NULL;
}

static struct counters *add_room(struct sample *sample)
{
	sample->all = xreallocarray(sample->all, sample->nr + 1, sizeof(*sample->all));
	return &sample->all[sample->nr];
}

/* Adds the counters of the VM, or those of source->cpu. */
static int add_counters(struct sample *sample, struct source *source, const struct sample *before)
{
	struct counters *counters = add_room(sample);
	int ret = read_counters(counters, source, find_cpu(before, source->cpu));

	if (ret)
		return ret;
	sample->nr++;
	if (counters->epoch == sample->all[0].epoch)
		return source->vcpus ? keys_read(sample, source, before) : 0;
	if (before)
		return COUNTERS_MOVED;
	return source_bad(source, "epoch 0x%016llx is not that of the first CPU, 0x%016llx",
			  counters->epoch, sample->all[0].epoch);
}

static int on_each_cpu(struct sample *sample, struct source *source, const struct sample *before,
		       int (*fn)(struct sample *sample, struct source *source,
				 const struct sample *before))
{
	int ret = 0, *cpus, cpu = source->cpu;
	size_t nr, i;

	cpus = source_cpus(source, &nr);
	if (!cpus)
		return -1;
	for (i = 0; !ret && i < nr; i++) {
		source->cpu = cpus[i];
		ret = source_run_on(source, &cpus[i], 1) ?
			      fail_errno("cannot run on CPU %d", cpus[i]) :
			      fn(sample, source, before);
	}
	if (source_run_on(source, cpus, nr))
		ret = fail_errno("cannot restore the CPU affinity");
	free(cpus);
	source->cpu = source->vcpus ? DUMP_ANY_CPU : cpu;
	return ret;
}

static int add_vcpus(struct sample *sample, struct source *source, const struct sample *before)
{
	int ret = on_each_cpu(sample, source, before, add_counters);
	size_t i;

	if (ret)
		return ret;

	if (!before && sample->nr < sample->all[0].nr_vcpus)
		source_bad(source, "only %zu of the VM's %u vCPUs could be asked", sample->nr,
			   sample->all[0].nr_vcpus);
	/* A CPU that went offline: its vCPU's counts, and our queries of it, are kept. */
	for (i = 0; before && i < before->nr; i++) {
		if (!find_cpu(sample, before->all[i].cpu)) {
			counters_copy(add_room(sample), &before->all[i]);
			sample->nr++;
		}
	}
	return 0;
}

static int take(struct sample *sample, struct source *source, const struct sample *before)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;
	int ret;

	*sample = (struct sample) { .time_ns = clock_now() };
	source->cpu = source->dump ? source->dump->first_cpu : DUMP_ANY_CPU;
	ret = source->vcpus ? add_vcpus(sample, source, before) :
			      add_counters(sample, source, before);
	if (!ret && !source->vcpus && sample->all[0].features & EXIT_STATS_F_KEYS)
		ret = on_each_cpu(sample, source, before, keys_read);
	if (!ret && sample->all[0].features & EXIT_STATS_F_KEYS)
		ret = keys_finish(sample, source, before);
	if (ret == COUNTERS_MOVED && !before)
		ret = source_bad(source, "the exit statistics began again while they were read");
	for (i = 0; i < sample->nr; i++) {
		sample->all[i].time_ns = sample->time_ns;
		sample->all[i].cpus = cpus;
	}
	if (ret)
		sample_free(sample);
	return ret;
}

int sample_take(struct sample *sample, struct source *source, const struct sample *before)
{
	struct sample first;
	int ret = take(sample, source, before);

	/*
	 * To read all keys for the first time takes long.  What comes in meanwhile would be
	 * in the counts of the reasons only, which are read before; so once more.
	 */
	if (!ret && !before && sample->nr_tables && !source->dump && !source->log) {
		first = *sample;
		ret = take(sample, source, &first);
		sample_free(&first);
	}
	if (ret != COUNTERS_MOVED)
		return ret;
	return take(sample, source, NULL) ? -1 : before ? COUNTERS_MOVED : 0;
}

const struct counters *sample_find(const struct sample *sample, const struct counters *like)
{
	size_t i;

	for (i = 0; i < sample->nr; i++) {
		if (!like->this_vcpu || sample->all[i].vcpu == like->vcpu)
			return &sample->all[i];
	}
	return NULL;
}

void sample_free(struct sample *sample)
{
	while (sample->nr)
		counters_free(&sample->all[--sample->nr]);
	free(sample->all);
	free(sample->tables);
	*sample = (struct sample) {};
}
