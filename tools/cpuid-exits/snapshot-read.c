// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads all counters of a VM, or of one of its vCPUs.
 *
 * Each CPUID is an exit itself, so as few as possible are executed: identity,
 * geometry, epoch, the map, a record for each reason that has occurred, and
 * the epoch again.  That is 6 and the records on VMX (highest code 0x4b),
 * 10 and the records on SVM (0x403).  The total is summed up here instead of
 * asked for, which also makes it agree with what it is the total of.
 *
 * Where time away is measured and wanted, each reason takes one CPUID more, and one
 * for two buckets, up to the bucket of the longest absence.
 *
 * A second reading takes the map, the records and then one look at the epoch:
 * if it is the same as after the first reading, nothing else can have changed.
 * Only the buckets of what changed are read, until all exits are found in them.
 */
#include <string.h>

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>

#include "absences.h"
#include "snapshot.h"
#include "xalloc.h"

/* CPUID leaf 1, ECX: reserved for hypervisors, which set it. */
#define CPUID_1_ECX_HYPERVISOR	0x80000000

#define FEATURES_OF_AWAY	(KVM_EXIT_STATS_F_AWAY | KVM_EXIT_STATS_F_BUCKETS)

#define MAP_OTHER	(KVM_EXIT_STATS_CODE_OTHER / KVM_EXIT_STATS_MAP_CODES)

/* Bits of the VMCB's intercept vectors, up to the pause filter at offset 0x3c. */
#define SVM_INTERCEPT_BITS	(0x3c * 8)

static __u64 join(__u32 high, __u32 low)
{
	return (__u64)high << 32 | low;
}

static int ask(struct source *source, __u32 subleaf, struct cpuid_regs *regs)
{
	if (!source_ask(source, KVM_EXIT_STATS_LEAF, subleaf, regs))
		return 0;

	source_warn(source, "no answer for leaf 0x%08x sub-leaf 0x%02x",
		    KVM_EXIT_STATS_LEAF, subleaf);
	return -1;
}

/* Likewise, for what the geometry says there is. */
static int ask_feature(struct source *source, __u32 subleaf, struct cpuid_regs *regs)
{
	if (ask(source, subleaf, regs))
		return -1;
	if (regs->eax || regs->ebx || regs->ecx || regs->edx != KVM_EXIT_STATS_UNDEFINED_EDX)
		return 0;

	source_warn(source,
		    "the hypervisor does not measure time away any more (exit_stats is below 2)");
	return -1;
}

/* A processor answers a leaf that it lacks with another one's data, or zeros. */
static int read_identity(struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, KVM_EXIT_STATS_IDENTITY, &regs))
		return -1;

	if (regs.ebx != KVM_EXIT_STATS_SIGNATURE_EBX ||
	    regs.ecx != KVM_EXIT_STATS_SIGNATURE_ECX ||
	    regs.edx != KVM_EXIT_STATS_SIGNATURE_EDX) {
		/* Only to say why: it isn't worth an exit where all is well. */
		if (!source_ask(source, 1, 0, &regs) && !(regs.ecx & CPUID_1_ECX_HYPERVISOR))
			source_warn(source, "not running under a hypervisor");
		else
			source_warn(source,
				    "the hypervisor does not report exit statistics (CPUID leaf 0x%08x)",
				    KVM_EXIT_STATS_LEAF);
		return -1;
	}

	if (regs.eax != KVM_EXIT_STATS_REVISION) {
		source_warn(source,
			    "the hypervisor reports exit statistics in ABI revision %u, this program knows %u",
			    regs.eax, KVM_EXIT_STATS_REVISION);
		return -1;
	}
	return 0;
}

static int read_geometry(struct snapshot *snap, struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, KVM_EXIT_STATS_GEOMETRY, &regs))
		return -1;

	if (regs.eax >= KVM_EXIT_STATS_CODE_OTHER) {
		source_warn(source, "the highest exit code, 0x%x, is not below 0x%x",
			    regs.eax, KVM_EXIT_STATS_CODE_OTHER);
		return -1;
	}
	snap->max_code = regs.eax;
	snap->isa = regs.ebx;
	snap->tsc_khz = regs.ecx;
	snap->features = regs.edx & (source->features | ~FEATURES_OF_AWAY);
	/* How many buckets there are to read, only the longest absence tells. */
	if (!(snap->features & KVM_EXIT_STATS_F_AWAY))
		snap->features &= ~KVM_EXIT_STATS_F_BUCKETS;
	return 0;
}

static int read_epoch(struct snapshot *snap, struct source *source)
{
	struct cpuid_regs regs;

	if (ask(source, KVM_EXIT_STATS_EPOCH, &regs))
		return -1;

	snap->epoch = join(regs.edx, regs.eax);
	snap->vcpu = regs.ebx;
	snap->nr_vcpus = regs.ecx;
	return 0;
}

/* Whether the VM was moved, or the statistics switched off, in the middle. */
static int check_epoch(const struct snapshot *snap, struct source *source)
{
	struct dump *log = source->log;
	struct cpuid_regs regs;
	int ret;

	/* It is logged already, maybe with the number of another vCPU. */
	source->log = NULL;
	ret = ask(source, KVM_EXIT_STATS_EPOCH, &regs);
	source->log = log;
	if (ret)
		return -1;
	return join(regs.edx, regs.eax) == snap->epoch ? 0 : SNAPSHOT_MOVED;
}

/*
 * An SVM exit code below that of a nested page fault is the position of an
 * intercept bit (APM vol. 2, app. B and C).  There are far fewer bits than
 * codes in between, and no need to ask for those that can't be.
 */
static bool map_can_have_codes(const struct snapshot *snap, __u32 n)
{
	__u32 first = n * KVM_EXIT_STATS_MAP_CODES;

	if (n == MAP_OTHER)
		return true;
	if (first > snap->max_code)
		return false;
	return snap->isa != KVM_EXIT_STATS_ISA_SVM ||
	       first < SVM_INTERCEPT_BITS || first >= SVM_EXIT_NPF;
}

static int read_map(struct snapshot *snap, struct source *source, __u32 scope)
{
	__u32 n;

	for (n = 0; n <= MAP_OTHER; n++) {
		struct cpuid_regs regs;
		__u32 bits[4], i;

		if (!map_can_have_codes(snap, n))
			continue;
		if (ask(source, scope | (KVM_EXIT_STATS_MAP + n), &regs))
			return -1;

		bits[0] = regs.eax;
		bits[1] = regs.ebx;
		bits[2] = regs.ecx;
		bits[3] = regs.edx;
		snap->records = xreallocarray(snap->records,
					      snap->nr + KVM_EXIT_STATS_MAP_CODES,
					      sizeof(*snap->records));
		for (i = 0; i < KVM_EXIT_STATS_MAP_CODES; i++) {
			__u32 code = n * KVM_EXIT_STATS_MAP_CODES + i;

			if (code > snap->max_code && code != KVM_EXIT_STATS_CODE_OTHER)
				continue;
			if (bits[i / 32] & 1u << i % 32)
				snap->records[snap->nr++] = (struct exit_record) { .code = code };
		}
	}
	return 0;
}

/*
 * The bucket of the longest absence isn't empty, and those past it are.  As long as it
 * is, what adds up to all exits are absences that came in meanwhile.
 */
static int read_buckets(const struct snapshot *snap, struct source *source, __u32 scope,
			struct exit_record *record)
{
	const bool is_ours = record->code == snapshot_cpuid_code(snap);
	const unsigned int last = absence_bucket(record->longest);
	const unsigned int asked = source->asked;
	unsigned int i;

	for (i = 0; i <= last; i += 2) {
		const __u32 pair = i / 2 << KVM_EXIT_STATS_PAIR_SHIFT;
		__u64 exits = record->exits;
		struct cpuid_regs regs;

		/* The query of exits, and all since, until the latest. */
		if (is_ours)
			exits += 1 + source->asked - asked;
		if (record->buckets[last] && absences_count(record) >= exits)
			break;
		if (ask_feature(source, scope | (KVM_EXIT_STATS_BUCKETS + pair + record->code),
				&regs))
			return -1;
		record->buckets[i] = join(regs.edx, regs.eax);
		record->buckets[i + 1] = join(regs.ebx, regs.ecx);
	}
	return 0;
}

/* @old: the record as it was read before; NULL in a first reading. */
static int read_away(const struct snapshot *snap, struct source *source, __u32 scope,
		     const struct exit_record *old, struct exit_record *record)
{
	struct cpuid_regs regs;

	if (ask_feature(source, scope | (KVM_EXIT_STATS_AWAY + record->code), &regs))
		return -1;
	record->longest = join(regs.edx, regs.eax);
	record->away = join(regs.ebx, regs.ecx);

	if (old)
		memcpy(record->buckets, old->buckets, sizeof(record->buckets));
	if (!(snap->features & KVM_EXIT_STATS_F_BUCKETS) || !record->longest)
		return 0;
	if (old && record->exits == old->exits && record->away == old->away)
		return 0;
	return read_buckets(snap, source, scope, record);
}

/*
 * @origin: what source->asked was when this VM or vCPU had not been asked yet.
 * @before: an earlier reading, or NULL.
 */
static int read_records(struct snapshot *snap, struct source *source, __u32 scope,
			__u64 origin, const struct snapshot *before)
{
	const __u32 cpuid_code = snapshot_cpuid_code(snap);
	size_t i;

	for (i = 0; i < snap->nr; i++) {
		struct exit_record *record = &snap->records[i];
		struct cpuid_regs regs;

		/* A query is answered when all those before it have been counted. */
		if (record->code == cpuid_code)
			snap->own = source->asked - origin;
		if (ask(source, scope | (KVM_EXIT_STATS_REASON + record->code), &regs))
			return -1;

		record->exits = join(regs.edx, regs.eax);
		if (snap->features & KVM_EXIT_STATS_F_CYCLES)
			record->cycles = join(regs.ebx, regs.ecx);
		if (snap->features & KVM_EXIT_STATS_F_AWAY &&
		    read_away(snap, source, scope,
			      before ? snapshot_find(before, record->code) : NULL, record))
			return -1;
	}
	return 0;
}

static int read_counts(struct snapshot *snap, struct source *source, __u64 origin,
		       const struct snapshot *before)
{
	__u32 scope = snap->this_vcpu ? KVM_EXIT_STATS_THIS_VCPU : 0;
	int ret;

	if (read_map(snap, source, scope) || read_records(snap, source, scope, origin, before))
		return -1;
	ret = check_epoch(snap, source);
	if (!ret && snapshot_sum_up(snap)) {
		source_warn(source, "the exit statistics add up to more than 64 bits");
		return -1;
	}
	return ret;
}

/**
 * snapshot_read - read all counters
 * @snap: is overwritten; for snapshot_free() if 0 is returned
 * @source: whom to ask
 * @this_vcpu: read those of the vCPU that is asked, not of the whole VM
 *
 * Says on stderr what is wrong.
 *
 * Return: 0, or -1 if there are no exit statistics, a dump lacks an answer or
 * the answers make no sense.
 */
int snapshot_read(struct snapshot *snap, struct source *source, bool this_vcpu)
{
	const unsigned int asked = source->asked;
	int ret = -1;

	memset(snap, 0, sizeof(*snap));
	snap->cpu = source->cpu;
	snap->this_vcpu = this_vcpu;

	if (!read_identity(source) && !read_geometry(snap, source) && !read_epoch(snap, source))
		ret = read_counts(snap, source, asked, NULL);
	if (ret) {
		if (ret == SNAPSHOT_MOVED)
			source_warn(source,
				    "the exit statistics began again while they were read");
		snapshot_free(snap);
		return -1;
	}

	snap->cpuids = source->asked - asked;
	snap->asked = snap->cpuids;
	return 0;
}

/**
 * snapshot_read_again - read the counters another time
 * @snap: is overwritten; for snapshot_free() if 0 is returned
 * @source: whom to ask, in the same thread and on the same CPU as for @before
 * @before: an earlier reading, and the last one of this VM or vCPU
 *
 * Return: 0, SNAPSHOT_MOVED if these aren't the counters of @before any more, or
 * -1 after saying on stderr what is wrong.
 */
int snapshot_read_again(struct snapshot *snap, struct source *source,
			const struct snapshot *before)
{
	const unsigned int asked = source->asked;
	int ret;

	*snap = *before;
	snap->records = NULL;
	snap->nr = 0;
	snap->own = 0;

	ret = read_counts(snap, source, asked - before->asked, before);
	if (ret) {
		snapshot_free(snap);
		return ret;
	}
	snap->cpuids = source->asked - asked;
	snap->asked = before->asked + snap->cpuids;
	return 0;
}
