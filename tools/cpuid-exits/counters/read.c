// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads all counters of a VM, or of one of its vCPUs.
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
#include <string.h>

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>

#include "counters/counters.h"
#include "counters/latency.h"
#include "counters/reasons.h"
#include "xalloc.h"

/* CPUID leaf 1, ECX: reserved for hypervisors, which set it. */
#define CPUID_1_ECX_HYPERVISOR	0x80000000

#define FEATURES_OF_AWAY	(EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS)

#define MAP_OTHER	(EXIT_STATS_CODE_OTHER / EXIT_STATS_MAP_CODES)

/* Bits of the VMCB's intercept vectors, up to the pause filter at offset 0x3c. */
#define SVM_INTERCEPT_BITS	(0x3c * 8)

static __u64 join(__u32 high, __u32 low)
{
	return (__u64)high << 32 | low;
}

static int ask(struct source *source, __u32 subleaf, struct cpuid_regs *regs)
{
	if (!source_ask(source, EXIT_STATS_LEAF, subleaf, regs))
		return 0;

	source_warn(source, "no answer for leaf 0x%08x sub-leaf 0x%02x",
		    EXIT_STATS_LEAF, subleaf);
	return -1;
}

/* Likewise, for what the geometry says there is. */
static int ask_feature(struct source *source, __u32 subleaf, struct cpuid_regs *regs)
{
	if (ask(source, subleaf, regs))
		return -1;
	if (regs->eax || regs->ebx || regs->ecx || regs->edx != EXIT_STATS_UNDEFINED_EDX)
		return 0;

	source_warn(source,
		    "the hypervisor does not measure time away any more (exit_stats=2 has it)");
	return -1;
}

/* A processor answers a leaf that it lacks with another one's data, or zeros. */
static int read_identity(struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, EXIT_STATS_IDENTITY, &regs))
		return -1;

	if (regs.ebx != EXIT_STATS_SIGNATURE_EBX ||
	    regs.ecx != EXIT_STATS_SIGNATURE_ECX ||
	    regs.edx != EXIT_STATS_SIGNATURE_EDX) {
		/* Only to say why: it isn't worth an exit where all is well. */
		if (!source_ask(source, 1, 0, &regs) && !(regs.ecx & CPUID_1_ECX_HYPERVISOR))
			source_warn(source, "not running under a hypervisor");
		else
			source_warn(source,
				    "the hypervisor does not report exit statistics (CPUID leaf 0x%08x)",
				    EXIT_STATS_LEAF);
		return -1;
	}

	if (regs.eax != EXIT_STATS_REVISION) {
		source_warn(source,
			    "the hypervisor reports exit statistics in ABI revision %u, this program knows %u",
			    regs.eax, EXIT_STATS_REVISION);
		return -1;
	}
	return 0;
}

static int read_geometry(struct counters *counters, struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, EXIT_STATS_GEOMETRY, &regs))
		return -1;

	if (regs.eax >= EXIT_STATS_CODE_OTHER) {
		source_warn(source, "the highest exit code, 0x%x, is not below 0x%x",
			    regs.eax, EXIT_STATS_CODE_OTHER);
		return -1;
	}
	counters->max_code = regs.eax;
	counters->isa = regs.ebx;
	counters->tsc_khz = regs.ecx;
	counters->features = regs.edx & (source->features | ~FEATURES_OF_AWAY);
	/* How many buckets there are to read, only the longest time away tells. */
	if (!(counters->features & EXIT_STATS_F_AWAY))
		counters->features &= ~EXIT_STATS_F_BUCKETS;
	return 0;
}

static int read_epoch(struct counters *counters, struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, EXIT_STATS_EPOCH, &regs))
		return -1;

	counters->epoch = join(regs.edx, regs.eax);
	counters->vcpu = regs.ebx;
	counters->nr_vcpus = regs.ecx;
	return 0;
}

/* Whether the VM was moved, or the statistics switched off, in the middle. */
static int check_epoch(const struct counters *counters, struct source *source)
{
	struct dump *log = source->log;
	struct cpuid_regs regs;
	int ret;

	/* It is logged already, maybe with the number of another vCPU. */
	source->log = NULL;
	ret = ask(source, EXIT_STATS_EPOCH, &regs);
	source->log = log;
	if (ret)
		return -1;
	return join(regs.edx, regs.eax) == counters->epoch ? 0 : COUNTERS_MOVED;
}

/*
 * An SVM exit code below that of a nested page fault is the position of an
 * intercept bit (APM vol. 2, app. B and C).  There are far fewer bits than
 * codes in between, and no need to ask for those that can't be.
 */
static bool map_can_have_codes(const struct counters *counters, __u32 n)
{
	__u32 first = n * EXIT_STATS_MAP_CODES;

	if (n == MAP_OTHER)
		return true;
	if (first > counters->max_code)
		return false;
	return counters->isa != EXIT_STATS_ISA_SVM ||
	       first < SVM_INTERCEPT_BITS || first >= SVM_EXIT_NPF;
}

static int read_map(struct counters *counters, struct source *source, __u32 scope)
{
	__u32 n;

	for (n = 0; n <= MAP_OTHER; n++) {
		struct cpuid_regs regs;
		__u32 bits[4], i;

		if (!map_can_have_codes(counters, n))
			continue;
		if (ask(source, scope | (EXIT_STATS_MAP + n), &regs))
			return -1;

		bits[0] = regs.eax;
		bits[1] = regs.ebx;
		bits[2] = regs.ecx;
		bits[3] = regs.edx;
		counters->counts = xreallocarray(counters->counts,
						 counters->nr + EXIT_STATS_MAP_CODES,
					      sizeof(*counters->counts));
		for (i = 0; i < EXIT_STATS_MAP_CODES; i++) {
			__u32 code = n * EXIT_STATS_MAP_CODES + i;

			if (code > counters->max_code && code != EXIT_STATS_CODE_OTHER)
				continue;
			if (bits[i / 32] & 1u << i % 32)
				counters->counts[counters->nr++] =
					(struct exit_count) { .code = code };
		}
	}
	return 0;
}

/*
 * The bucket of the longest time away isn't empty, and those past it are.  As long as it
 * is, what adds up to all exits came in meanwhile.
 */
static int read_buckets(const struct counters *counters, struct source *source, __u32 scope,
			struct exit_count *record)
{
	const bool is_ours = reason_is_own(counters->isa, record->code);
	const unsigned int last = latency_bucket(record->longest);
	const unsigned int asked = source->asked;
	unsigned int i;

	for (i = 0; i <= last; i += 2) {
		const __u32 pair = i / 2 << EXIT_STATS_PAIR_SHIFT;
		__u64 exits = record->exits;
		struct cpuid_regs regs;

		/* The query of exits, and all since, until the latest. */
		if (is_ours)
			exits += 1 + source->asked - asked;
		if (record->buckets[last] && latency_count(record) >= exits)
			break;
		if (ask_feature(source, scope | (EXIT_STATS_BUCKETS + pair + record->code),
				&regs))
			return -1;
		record->buckets[i] = join(regs.edx, regs.eax);
		record->buckets[i + 1] = join(regs.ebx, regs.ecx);
	}
	return 0;
}

/* @old: the record as it was read before; NULL in a first sample. */
static int read_away(const struct counters *counters, struct source *source, __u32 scope,
		     const struct exit_count *old, struct exit_count *record)
{
	struct cpuid_regs regs;

	if (ask_feature(source, scope | (EXIT_STATS_AWAY + record->code), &regs))
		return -1;
	record->longest = join(regs.edx, regs.eax);
	record->away = join(regs.ebx, regs.ecx);

	if (old)
		memcpy(record->buckets, old->buckets, sizeof(record->buckets));
	if (!(counters->features & EXIT_STATS_F_BUCKETS) || !record->longest)
		return 0;
	if (old && record->exits == old->exits && record->away == old->away)
		return 0;
	return read_buckets(counters, source, scope, record);
}

/*
 * @origin: what source->asked was when this VM or vCPU had not been asked yet.
 * @before: an earlier sample, or NULL.
 */
static int read_records(struct counters *counters, struct source *source, __u32 scope,
			__u64 origin, const struct counters *before)
{
	size_t i;

	for (i = 0; i < counters->nr; i++) {
		struct exit_count *record = &counters->counts[i];
		struct cpuid_regs regs;

		/* A query is answered when all those before it have been counted. */
		if (reason_is_own(counters->isa, record->code) && !source->dump)
			counters->own = source->asked - origin;
		if (ask(source, scope | (EXIT_STATS_REASON + record->code), &regs))
			return -1;

		record->exits = join(regs.edx, regs.eax);
		if (counters->features & EXIT_STATS_F_CYCLES)
			record->handled = join(regs.ebx, regs.ecx);
		if (counters->features & EXIT_STATS_F_AWAY &&
		    read_away(counters, source, scope,
			      before ? counters_find(before, record->code) : NULL, record))
			return -1;
	}
	return 0;
}

static int read_counts(struct counters *counters, struct source *source, __u64 origin,
		       const struct counters *before)
{
	__u32 scope = counters->this_vcpu ? EXIT_STATS_THIS_VCPU : 0;
	int ret;

	if (read_map(counters, source, scope) ||
	    read_records(counters, source, scope, origin, before))
		return -1;
	ret = check_epoch(counters, source);
	if (!ret && counters_sum_up(counters)) {
		source_warn(source, "the exit statistics add up to more than 64 bits");
		return -1;
	}
	return ret;
}

/**
 * counters_read - read all counters
 * @counters: is overwritten; for counters_free() if 0 is returned
 * @source: whom to ask
 * @this_vcpu: read those of the vCPU that is asked, not of the whole VM
 *
 * Says on stderr what is wrong.
 *
 * Return: 0, or -1 if there are no exit statistics, a dump lacks an answer or
 * the answers make no sense.
 */
int counters_read(struct counters *counters, struct source *source, bool this_vcpu)
{
	const unsigned int asked = source->asked;
	int ret = -1;

	memset(counters, 0, sizeof(*counters));
	counters->cpu = source->cpu;
	counters->this_vcpu = this_vcpu;

	if (!read_identity(source) && !read_geometry(counters, source) &&
	    !read_epoch(counters, source))
		ret = read_counts(counters, source, asked, NULL);
	if (ret) {
		if (ret == COUNTERS_MOVED)
			source_warn(source,
				    "the exit statistics began again while they were read");
		counters_free(counters);
		return -1;
	}

	counters->cpuids = source->asked - asked;
	counters->asked = counters->cpuids;
	return 0;
}

/**
 * counters_read_again - read the counters another time
 * @counters: is overwritten; for counters_free() if 0 is returned
 * @source: whom to ask, in the same thread and on the same CPU as for @before
 * @before: an earlier sample, and the last one of this VM or vCPU
 *
 * Return: 0, COUNTERS_MOVED if these aren't the counters of @before any more, or
 * -1 after saying on stderr what is wrong.
 */
int counters_read_again(struct counters *counters, struct source *source,
			const struct counters *before)
{
	const unsigned int asked = source->asked;
	int ret;

	*counters = *before;
	counters->counts = NULL;
	counters->nr = 0;
	counters->own = 0;

	ret = read_counts(counters, source, asked - before->asked, before);
	if (ret) {
		counters_free(counters);
		return ret;
	}
	counters->cpuids = source->asked - asked;
	counters->asked = before->asked + counters->cpuids;
	return 0;
}
