/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_STATS_H
#define __KVM_X86_EXIT_STATS_H

/*
 * Exits by reason, with the cycles spent handling them, and on demand the time
 * that each kept its vCPU away from the guest.  A guest reads its own VM's
 * numbers with CPUID, see asm/kvm_exit_stats.h.
 *
 * Only the task that runs a vCPU writes its counters, with plain stores;
 * everybody else only reads, with READ_ONCE().
 */

#include <linux/compiler.h>
#include <linux/jump_label.h>
#include <linux/kcsan-checks.h>
#include <linux/kvm_host.h>

#include <asm/barrier.h>
#include <asm/msr.h>

/* KVM's binary statistics show the counters as a histogram of their index. */
#define EXIT_STATS_DESC(name, unit)						\
	STATS_DESC_LINEAR_HIST(VCPU, name, unit, KVM_STATS_BASE_POW10, 0,	\
			       EXIT_STATS_NR_RECORDS, 1)

/* When a vCPU left the guest, if it hasn't yet: any TSC less it is negative. */
#define KVM_EXIT_NOT_LEFT	BIT_ULL(63)

/**
 * struct kvm_exit_away - time away from the guest after exits of one code
 * @total: host TSC cycles from the exits to the next VM entry
 * @longest: the longest of them
 * @buckets: how many there were, by length, see EXIT_STATS_NR_BUCKETS
 */
struct kvm_exit_away {
	u64 total[EXIT_STATS_NR_RECORDS];
	u64 longest[EXIT_STATS_NR_RECORDS];
	u64 buckets[EXIT_STATS_NR_RECORDS][EXIT_STATS_NR_BUCKETS];
};

DECLARE_STATIC_KEY_TRUE(kvm_exit_stats_key);
DECLARE_STATIC_KEY_FALSE(kvm_exit_away_key);
/* On only while kvm_exit_away_key is, and was for all that is noted. */
DECLARE_STATIC_KEY_FALSE(kvm_exit_tsc_key);
/* On only while both kvm_exit_stats_key and kvm_exit_away_key are. */
DECLARE_STATIC_KEY_FALSE(kvm_exit_keys_key);

u32 kvm_exit_stats_max_code(void);
bool kvm_exit_stats_answer(struct kvm_vcpu *vcpu, u32 ecx, u32 regs[4], bool may_stop);
int kvm_exit_stats_emulate_cpuid(struct kvm_vcpu *vcpu);

/* exit_stats_policy.c */
bool kvm_exit_stats_may_show(void);
bool kvm_exit_stats_shown(struct kvm_vcpu *vcpu);

/* What KVM calls whether or not exits are counted: a 32-bit KVM has no statistics. */
#ifdef CONFIG_X86_64
void kvm_exit_stats_init_vm(struct kvm *kvm);
void kvm_exit_stats_alloc(struct kvm_vcpu *vcpu);
void kvm_exit_stats_free(struct kvm_vcpu *vcpu);
void kvm_exit_stats_set_handlers(const void *handlers, u32 nr);
void kvm_exit_stats_create_debugfs(struct kvm *kvm);
#else
static inline void kvm_exit_stats_init_vm(struct kvm *kvm) {}
static inline void kvm_exit_stats_alloc(struct kvm_vcpu *vcpu) {}
static inline void kvm_exit_stats_free(struct kvm_vcpu *vcpu) {}
static inline void kvm_exit_stats_set_handlers(const void *handlers, u32 nr) {}
static inline void kvm_exit_stats_create_debugfs(struct kvm *kvm) {}
#endif

/* Are exits counted?  A 32-bit kernel can't read a 64-bit count in one piece. */
static __always_inline bool kvm_exit_stats_on(void)
{
	return IS_ENABLED(CONFIG_X86_64) && static_branch_likely(&kvm_exit_stats_key);
}

/* Is time away from the guest measured? */
static __always_inline bool kvm_exit_away_on(void)
{
	return IS_ENABLED(CONFIG_X86_64) && static_branch_unlikely(&kvm_exit_away_key);
}

/* Are keys counted, which exit_keys.h has? */
static __always_inline bool kvm_exit_keys_on(void)
{
	return IS_ENABLED(CONFIG_X86_64) && static_branch_unlikely(&kvm_exit_keys_key);
}

/* Each vendor's: find the key of an exit, and have kvm_exit_keys_begin() note it. */
void vmx_exit_key(struct kvm_vcpu *vcpu, u32 code);
void svm_exit_key(struct kvm_vcpu *vcpu, u32 code);

/**
 * kvm_exit_stats_index - find an exit code's place in the tables
 * @code: any exit code.  If a guest chose it, use array_index_nospec() on top.
 *
 * Return: the index of the code's own counters, or of EXIT_STATS_CODE_OTHER's.
 */
static __always_inline u32 kvm_exit_stats_index(u32 code)
{
	if (likely(code < EXIT_STATS_LOW_CODES))
		return code;
	return EXIT_STATS_LOW_CODES +
	       min_t(u32, code - EXIT_STATS_HIGH_CODE, EXIT_STATS_HIGH_CODES);
}

/**
 * kvm_exit_stats_begin - KVM begins to handle an exit
 * @vcpu: the vCPU that exited
 * @code: basic exit reason (SDM vol. 3 app. C) or exit code (APM vol. 2 app. C)
 * @note_key: finds the exit's key and notes it
 *
 * An exit that the fast path looks at begins there, whatever becomes of it.
 *
 * Context: the thread of @vcpu.
 */
static __always_inline void
kvm_exit_stats_begin(struct kvm_vcpu *vcpu, u32 code,
		     void (*note_key)(struct kvm_vcpu *vcpu, u32 code))
{
	if (vcpu->arch.exit_stats.start)
		return;

	if (kvm_exit_keys_on())
		note_key(vcpu, code);
	vcpu->arch.exit_stats.index = kvm_exit_stats_index(code);
	vcpu->arch.exit_stats.start = rdtsc();
	/* Nothing of the handling moves in front of it. */
	barrier();
}

/**
 * kvm_exit_stats_end - KVM has handled the exit: count it
 * @vcpu: the vCPU that exited
 *
 * Context: the thread of @vcpu.
 */
static __always_inline void kvm_exit_stats_end(struct kvm_vcpu *vcpu)
{
	u64 start, cycles;
	u32 index;

	if (!kvm_exit_stats_on())
		return;

	/* Zero: not begun, as counting was off then, or another handler ran (TDX). */
	start = vcpu->arch.exit_stats.start;
	if (unlikely(!start))
		return;
	vcpu->arch.exit_stats.start = 0;

	index = vcpu->arch.exit_stats.index;
	/* One writer, and readers that see an aligned quadword in one piece. */
	data_race(vcpu->stat.exits_by_code[index]++);
	/* Pairs with kvm_exit_stats_add(): nobody sees cycles without an exit. */
	smp_wmb();
	cycles = rdtsc() - start;
	/* Negative if the TSC was set back: after a resume, or if the host itself migrated. */
	if (likely((s64)cycles >= 0))
		/* As for the exits. */
		data_race(vcpu->stat.exit_cycles_by_code[index] += cycles);
}

/* The same in a return statement: @ret is evaluated first. */
static __always_inline int kvm_exit_stats_return(struct kvm_vcpu *vcpu, int ret)
{
	kvm_exit_stats_end(vcpu);
	return ret;
}

/**
 * kvm_exit_away_enter - the vCPU is about to enter the guest: count the time away
 * @vcpu: the vCPU that enters.  kvm_exit_away_leave() must follow, under the same
 *	  kvm_exit_away_on(): then nothing is counted twice when it is switched off.
 *
 * Context: the thread of @vcpu, interrupts disabled, in noinstr or __no_kcsan
 * code: calls nothing, not even data_race().
 */
static __always_inline void kvm_exit_away_enter(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_away *away;
	unsigned long bucket;
	u64 left, cycles;
	u32 index;

	away = READ_ONCE(vcpu->arch.exit_stats.away);
	if (unlikely(!away))
		return;

	/* Pairs with kvm_exit_stats_alloc(): who sees the table sees KVM_EXIT_NOT_LEFT. */
	smp_rmb();
	left = vcpu->arch.exit_stats.left;
	index = vcpu->arch.exit_stats.index;
	cycles = rdtsc() - left;
	/* Backwards, as in kvm_exit_stats_end(), or not left; BSR has no result for 0. */
	if (unlikely((s64)cycles <= 0)) {
		if (left != KVM_EXIT_NOT_LEFT)
			away->buckets[index][0]++;
		return;
	}

	away->total[index] += cycles;
	if (unlikely(cycles > away->longest[index]))
		WRITE_ONCE(away->longest[index], cycles);
	bucket = __fls(cycles);
	if (unlikely(bucket >= EXIT_STATS_NR_BUCKETS)) {
		away->buckets[index][EXIT_STATS_NR_BUCKETS - 1]++;
		return;
	}
	away->buckets[index][bucket]++;
}

/**
 * kvm_exit_away_leave - the vCPU has just left the guest
 * @vcpu: the vCPU that exited
 *
 * Context: as for kvm_exit_away_enter().
 */
static __always_inline void kvm_exit_away_leave(struct kvm_vcpu *vcpu)
{
	vcpu->arch.exit_stats.left = rdtsc();
}

/**
 * kvm_exit_away_no_entry - KVM makes up an exit instead of entering the guest
 * @vcpu: the vCPU that doesn't enter
 *
 * The exit is counted like any other: it ends one time away and begins the next.
 *
 * Context: the thread of @vcpu, interrupts disabled.
 */
static __always_inline void kvm_exit_away_no_entry(struct kvm_vcpu *vcpu)
{
	if (!kvm_exit_away_on())
		return;

	/* For the plain adds, which others read. */
	kcsan_disable_current();
	kvm_exit_away_enter(vcpu);
	kvm_exit_away_leave(vcpu);
	kcsan_enable_current();
}

/**
 * kvm_exit_stats_tsc - the host's TSC, no older than the latest VM exit
 * @vcpu: the vCPU that exited
 *
 * Spares KVM the RDTSC that it executes after an exit, if there has been one.
 *
 * Return: cycles of the host's TSC.
 */
static __always_inline u64 kvm_exit_stats_tsc(struct kvm_vcpu *vcpu)
{
	if (IS_ENABLED(CONFIG_X86_64) && static_branch_unlikely(&kvm_exit_tsc_key) &&
	    likely((s64)vcpu->arch.exit_stats.left > 0))
		return vcpu->arch.exit_stats.left;
	return rdtsc();
}

/* Is there anything that a VMM could ask for on behalf of its guest? */
static inline bool kvm_exit_stats_offered(void)
{
	return kvm_exit_stats_on() && kvm_exit_stats_may_show();
}

/**
 * kvm_exit_stats_cpuid - does this CPUID ask for the exit statistics?
 * @vcpu: the vCPU that executes it
 * @function: the leaf, EAX
 *
 * One comparison sorts out all other leaves that there are, as those from 0x80000000 on
 * are negative here; kvm_exit_stats_shown() sorts out the rest.
 *
 * Return: true if kvm_exit_stats_emulate_cpuid() answers it, not stock KVM.
 */
static inline bool kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 function)
{
	return kvm_exit_stats_on() && (s32)function >= EXIT_STATS_LEAF_FIRST &&
	       kvm_exit_stats_shown(vcpu);
}

#endif /* __KVM_X86_EXIT_STATS_H */
