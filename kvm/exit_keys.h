/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_KEYS_H
#define __KVM_X86_EXIT_KEYS_H

/*
 * Keys: what distinguishes the exits of one code, in a table of each vCPU.  As with
 * the counters, only the task that runs the vCPU writes it.
 */

#include <linux/jump_label.h>
#include <linux/kvm_host.h>

/* Of an exit whose code has no keys */
#define KVM_EXIT_NO_KEY		U64_MAX

/**
 * struct kvm_exit_key - exits with one key
 * @id: the code's index + 1 in 63:48, the key in 47:0; 0 if the place is free
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
 * @place: of the latest exit, which isn't counted in it yet; NULL if it has none
 * @exits: what the latest exit's code had counted when it began
 * @cycles: likewise
 * @away: likewise
 * @places: found by hashing, then one for each code, for what finds no room
 */
struct kvm_exit_keys {
	struct kvm_exit_key *place;
	u64 exits;
	u64 cycles;
	u64 away;
	struct kvm_exit_key places[EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS];
};

/* On only while the keys of kvm_exit_stats_on() and kvm_exit_away_on() are. */
DECLARE_STATIC_KEY_FALSE(kvm_exit_keys_key);

/* Are keys counted? */
static __always_inline bool kvm_exit_keys_on(void)
{
	return IS_ENABLED(CONFIG_X86_64) && static_branch_unlikely(&kvm_exit_keys_key);
}

void kvm_exit_keys_alloc(struct kvm_vcpu *vcpu);
void kvm_exit_keys_free(struct kvm_vcpu *vcpu);
void kvm_exit_keys_forget(struct kvm_vcpu *vcpu);

/* The key of a CPUID */
static inline u64 kvm_exit_keys_leaf(u32 leaf)
{
	if (leaf > EXIT_STATS_KEY_HYPERVISORS && leaf <= 0x4000ffff)
		return EXIT_STATS_KEY_HYPERVISORS;
	return leaf;
}

u64 kvm_exit_keys_page(struct kvm_vcpu *vcpu, u64 gpa, bool mmio);
void kvm_exit_keys_begin(struct kvm_vcpu *vcpu, u32 code, u64 key);
bool kvm_exit_keys_answer(struct kvm_vcpu *vcpu, u32 ecx, u32 regs[4]);

/* Each vendor finds the key of an exit and has kvm_exit_keys_begin() note it. */
void vmx_exit_key(struct kvm_vcpu *vcpu, u32 code);
void svm_exit_key(struct kvm_vcpu *vcpu, u32 code);

#endif /* __KVM_X86_EXIT_KEYS_H */
