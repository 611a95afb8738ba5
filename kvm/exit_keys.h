/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_KEYS_H
#define __KVM_X86_EXIT_KEYS_H

/*
 * Keys: what distinguishes the exits of one code, in a table of each vCPU.  As with
 * the counters, only the task that runs the vCPU writes it.
 *
 * An exit isn't counted in its key's place when it is handled, but when the vCPU's
 * next one begins, with what its code has counted meanwhile.  So keys cost nothing
 * where exits end, and always add up to the code's own counts.
 */

#include <linux/kvm_host.h>

#include "exit_stats.h"

/* The id of a place is EXIT_STATS_KEY_ID(), or this. */
#define KVM_EXIT_FREE		U64_MAX

/**
 * struct kvm_exit_key - exits with one key
 * @id: the code and the key, or KVM_EXIT_FREE
 * @exits: how many there were
 * @cycles: host TSC cycles spent handling them
 * @away: host TSC cycles from them to the next VM entry
 */
struct kvm_exit_key {
	u64 id;
	u64 exits;
	u64 cycles;
	u64 away;
};

/**
 * struct kvm_exit_keys - a vCPU's keys
 * @place: of the latest exit, which isn't counted in it yet; @none if it has no key
 * @cycles: what the latest exit's code had counted when it began
 * @away: likewise
 * @none: counts what has no key, and nobody reads it
 * @places: found by hashing, then one for each code, for what finds no room
 */
struct kvm_exit_keys {
	struct kvm_exit_key *place;
	u64 cycles;
	u64 away;
	struct kvm_exit_key none;
	struct kvm_exit_key places[EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS];
};

void kvm_exit_keys_alloc(struct kvm_vcpu *vcpu);
void kvm_exit_keys_free(struct kvm_vcpu *vcpu);
void kvm_exit_keys_forget(struct kvm_vcpu *vcpu);
void kvm_exit_keys_find(struct kvm_exit_keys *keys, u32 code, u64 key);
void kvm_exit_keys_none(struct kvm_vcpu *vcpu);
void kvm_exit_keys_fault(struct kvm_vcpu *vcpu, u32 code, u64 gpa, bool mmio);
bool kvm_exit_keys_answer(struct kvm_vcpu *vcpu, u32 ecx, u32 regs[4]);

/* The key of a CPUID */
static inline u64 kvm_exit_keys_leaf(u32 leaf)
{
	if (leaf > EXIT_STATS_KEY_HYPERVISORS && leaf <= 0x4000ffff)
		return EXIT_STATS_KEY_HYPERVISORS;
	return leaf;
}

/* Count the latest exit, to which nothing can be added any more, in its place. */
static __always_inline void kvm_exit_keys_count(const struct kvm_vcpu *vcpu,
						struct kvm_exit_keys *keys,
						const struct kvm_exit_away *away)
{
	struct kvm_exit_key *place = READ_ONCE(keys->place);
	const u32 index = vcpu->arch.exit_stats.index;

	/* As in kvm_exit_stats_end(): one writer, */
	data_race(place->exits++);
	/* and nobody sees cycles without an exit. */
	smp_wmb();
	/* As for the exits. */
	data_race(place->cycles += vcpu->stat.exit_cycles_by_code[index] - keys->cycles);
	/* As for the exits. */
	data_race(place->away += away->total[index] - keys->away);
}

/**
 * kvm_exit_keys_begin - KVM begins to handle an exit: note its key
 * @vcpu: the vCPU that exited
 * @code: its code, which has records of its own; kvm_exit_stats_begin() goes on then
 * @key: the key
 *
 * Context: the thread of @vcpu.
 */
static __always_inline void kvm_exit_keys_begin(struct kvm_vcpu *vcpu, u32 code, u64 key)
{
	struct kvm_exit_keys *keys = READ_ONCE(vcpu->arch.exit_stats.keys);
	/* After the keys: then there is one if there are any. */
	const struct kvm_exit_away *away = READ_ONCE(vcpu->arch.exit_stats.away);
	const u64 index = kvm_exit_stats_index(code);
	struct kvm_exit_key *place;

	if (unlikely(!keys))
		return;

	kvm_exit_keys_count(vcpu, keys, away);
	keys->cycles = vcpu->stat.exit_cycles_by_code[index];
	keys->away = away->total[index];

	place = &keys->places[EXIT_STATS_KEY_HOME(code, key)];
	/* The address is computed once. */
	OPTIMIZER_HIDE_VAR(place);
	if (likely(place->id == EXIT_STATS_KEY_ID(code, key)))
		WRITE_ONCE(keys->place, place);
	else
		kvm_exit_keys_find(keys, code, key);
}

#endif /* __KVM_X86_EXIT_KEYS_H */
