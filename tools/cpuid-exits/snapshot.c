// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of a VM or a vCPU at one time, wherever they came from.
 */
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "snapshot.h"
#include "xalloc.h"

/* Where the record of @code is, or would be: they are in the order of their codes. */
static size_t position_of(const struct snapshot *snap, __u32 code)
{
	size_t begin = 0, end = snap->nr, middle;

	while (begin < end) {
		middle = (begin + end) / 2;
		if (snap->records[middle].code < code)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

/**
 * snapshot_find - find what has been counted of an exit code
 * @snap: the snapshot
 * @code: the exit code
 *
 * Return: its record, NULL if there is none.
 */
const struct exit_record *snapshot_find(const struct snapshot *snap, __u32 code)
{
	const size_t i = position_of(snap, code);

	return i < snap->nr && snap->records[i].code == code ? &snap->records[i] : NULL;
}

/**
 * snapshot_record - find or make the record of an exit code
 * @snap: the snapshot
 * @code: the exit code
 *
 * Return: its record, a new one is all zero; valid until another one is made.
 */
struct exit_record *snapshot_record(struct snapshot *snap, __u32 code)
{
	const size_t i = position_of(snap, code);

	if (i < snap->nr && snap->records[i].code == code)
		return &snap->records[i];

	snap->records = xreallocarray(snap->records, snap->nr + 1, sizeof(*snap->records));
	memmove(&snap->records[i + 1], &snap->records[i],
		(snap->nr - i) * sizeof(*snap->records));
	snap->records[i] = (struct exit_record) { .code = code };
	snap->nr++;
	return &snap->records[i];
}

/* Adds what was counted of time away, if that stays within 64 bits. */
static int add_absences(struct exit_record *sum, const struct exit_record *record)
{
	unsigned int i;

	if (__builtin_add_overflow(sum->away, record->away, &sum->away))
		return -1;
	if (record->longest > sum->longest)
		sum->longest = record->longest;
	for (i = 0; i < KVM_EXIT_STATS_NR_BUCKETS; i++)
		sum->buckets[i] += record->buckets[i];
	return 0;
}

/* Adds all buckets to @count, if that stays within 64 bits. */
static int count_absences(__u64 *count, const struct exit_record *record)
{
	unsigned int i;

	for (i = 0; i < KVM_EXIT_STATS_NR_BUCKETS; i++) {
		if (__builtin_add_overflow(*count, record->buckets[i], count))
			return -1;
	}
	return 0;
}

/**
 * snapshot_sum_up - make the total of a snapshot's records
 * @snap: the snapshot
 *
 * Return: 0, or -1 if that is more than 64 bits.
 */
int snapshot_sum_up(struct snapshot *snap)
{
	const __u32 hlt_code = snapshot_hlt_code(snap);
	struct exit_record total = {};
	__u64 absences = 0;
	size_t i;

	for (i = 0; i < snap->nr; i++) {
		const struct exit_record *record = &snap->records[i];

		if (__builtin_add_overflow(total.exits, record->exits, &total.exits) ||
		    __builtin_add_overflow(total.cycles, record->cycles, &total.cycles) ||
		    count_absences(&absences, record))
			return -1;
		if (record->code != hlt_code && add_absences(&total, record))
			return -1;
	}
	snap->total = total;
	return 0;
}

/**
 * snapshot_cpuid_code - tell the exit code of CPUID
 * @snap: the snapshot
 *
 * Return: the code, or one that no exit has if the ISA is unknown.
 */
__u32 snapshot_cpuid_code(const struct snapshot *snap)
{
	switch (snap->isa) {
	case KVM_EXIT_STATS_ISA_VMX:
		return EXIT_REASON_CPUID;
	case KVM_EXIT_STATS_ISA_SVM:
		return SVM_EXIT_CPUID;
	default:
		return KVM_EXIT_STATS_CODE_OTHER + 1;
	}
}

/**
 * snapshot_hlt_code - tell the exit code of HLT
 * @snap: the snapshot
 *
 * Return: the code, or one that no exit has if the ISA is unknown.
 */
__u32 snapshot_hlt_code(const struct snapshot *snap)
{
	switch (snap->isa) {
	case KVM_EXIT_STATS_ISA_VMX:
		return EXIT_REASON_HLT;
	case KVM_EXIT_STATS_ISA_SVM:
		return SVM_EXIT_HLT;
	default:
		return KVM_EXIT_STATS_CODE_OTHER + 1;
	}
}

/**
 * snapshot_copy - copy a snapshot
 * @snap: is overwritten; for snapshot_free()
 * @from: what to copy
 */
void snapshot_copy(struct snapshot *snap, const struct snapshot *from)
{
	*snap = *from;
	snap->records = NULL;
	if (!from->nr)
		return;
	snap->records = xreallocarray(NULL, from->nr, sizeof(*snap->records));
	memcpy(snap->records, from->records, from->nr * sizeof(*snap->records));
}

/**
 * snapshot_free - free a snapshot's records
 * @snap: read with success, or all zero
 */
void snapshot_free(struct snapshot *snap)
{
	free(snap->records);
	memset(snap, 0, sizeof(*snap));
}
