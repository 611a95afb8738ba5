/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_STATS_H
#define __KVM_X86_EXIT_STATS_H

/*
 * Exits by reason, with the cycles spent handling them.  A guest reads its
 * own VM's numbers with CPUID, see asm/kvm_exit_stats.h.
 *
 * Each vCPU has a table of its own.  Only the task that runs the vCPU writes
 * it, with plain stores; everybody else only reads, with READ_ONCE().
 */

#include <linux/compiler.h>
#include <linux/jump_label.h>
#include <linux/kcsan-checks.h>
#include <linux/kvm_host.h>
#include <linux/types.h>

#include <asm/barrier.h>
#include <asm/msr.h>

#include <asm/kvm_exit_stats.h>

typedef int (*kvm_exit_handler_t)(struct kvm_vcpu *vcpu, fastpath_t fastpath);

#ifdef CONFIG_X86_64

/**
 * struct kvm_exit_stat - the record of one exit code on one vCPU
 * @exits: exits whose handling has ended
 * @cycles: host TSC cycles spent handling them
 * @away: host TSC cycles from those exits to the next VM entry
 * @longest: the longest of these absences
 * @buckets: absences by their length, see KVM_EXIT_STATS_NR_BUCKETS
 */
struct kvm_exit_stat {
	u64 exits;
	u64 cycles;
	u64 away;
	u64 longest;
	u64 buckets[KVM_EXIT_STATS_NR_BUCKETS];
};

/**
 * struct kvm_exit_codes - which exit codes have a record of their own
 * @low: codes 0 .. @low - 1 have
 * @high: the first code of a second range, or 0
 * @nr_high: how many codes that range has
 *
 * SVM numbers most exits by intercept bit, and nested page faults and what came
 * with them far above.
 */
struct kvm_exit_codes {
	u32 low;
	u32 high;
	u32 nr_high;
};

/**
 * struct kvm_exit_stats - the table of one vCPU
 * @codes: which codes have records, in the order of the records
 * @fastpath_counted: the fast path counted the latest exit that it handled
 * @last: record of the latest exit, for the absence that it began; never NULL
 * @left: host TSC at the latest VM exit
 * @ignored: takes what must not be counted again
 * @stat: a record for each of @codes, and one more for KVM_EXIT_STATS_CODE_OTHER
 */
struct kvm_exit_stats {
	struct kvm_exit_codes codes;
	bool fastpath_counted;
	struct kvm_exit_stat *last;
	u64 left;
	struct kvm_exit_stat ignored;
	struct kvm_exit_stat stat[];
};

DECLARE_STATIC_KEY_TRUE(kvm_exit_stats_key);
DECLARE_STATIC_KEY_FALSE(kvm_exit_away_key);

/* Host TSC when absences were switched on: an exit before isn't measured. */
extern u64 kvm_exit_away_since;

void kvm_exit_stats_setup(u32 isa, kvm_exit_handler_t count_exit,
			  u32 low, u32 high, u32 nr_high);
void kvm_exit_stats_update(void);
void kvm_exit_stats_unset(void);
void kvm_exit_stats_init_vm(struct kvm *kvm);
int kvm_exit_stats_create(struct kvm_vcpu *vcpu);
void kvm_exit_stats_destroy(struct kvm_vcpu *vcpu);
bool kvm_exit_stats_query(struct kvm_vcpu *vcpu, u32 index,
			  u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);

/**
 * kvm_exit_stats_on - are exits counted?
 *
 * Return: whether parameter exit_stats is 1 or more.  False costs one
 * instruction, a patched-out jump: what counts is laid out of line.
 */
static __always_inline bool kvm_exit_stats_on(void)
{
	return static_branch_unlikely(&kvm_exit_stats_key);
}

/**
 * kvm_exit_away_on - is time away from the guest measured?
 *
 * Return: whether parameter exit_stats is 2, at the same cost.
 */
static __always_inline bool kvm_exit_away_on(void)
{
	return static_branch_unlikely(&kvm_exit_away_key);
}

/**
 * kvm_exit_stats_index - find the record of an exit code
 * @codes: which codes have records
 * @code: any exit code
 *
 * Hardware numbers its exits, a guest doesn't choose @code: who passes a
 * guest's number needs array_index_nospec() on top.
 *
 * Return: the index of the code's own record, or of the one of
 * KVM_EXIT_STATS_CODE_OTHER.
 */
static __always_inline u32 kvm_exit_stats_index(const struct kvm_exit_codes *codes,
						u32 code)
{
	if (likely(code < codes->low))
		return code;
	/* Has the compiler forget codes->low: one use is an operand, two are a load. */
	OPTIMIZER_HIDE_VAR(codes);
	return codes->low + min(code - codes->high, codes->nr_high);
}

static __always_inline struct kvm_exit_stat *
kvm_exit_stats_record(struct kvm_exit_stats *stats, u32 code)
{
	return &stats->stat[kvm_exit_stats_index(&stats->codes, code)];
}

/**
 * kvm_exit_tsc - read the TSC into a register that keeps it
 *
 * rdtsc() joins the halves with OR, and whatever keeps the result then is a MOV
 * more.  A sum is one LEA.
 *
 * Return: the host's TSC, in cycles.
 */
static __always_inline u64 kvm_exit_tsc(void)
{
	u64 low, high, tsc;

	asm volatile("rdtsc" : "=a" (low), "=d" (high));
	tsc = low + (high << 32);
	/* Or the compiler would keep the halves, in two registers. */
	OPTIMIZER_HIDE_VAR(tsc);
	return tsc;
}

/**
 * kvm_exit_stats_count - count one exit
 * @stat: record of the exit's code
 * @cycles: host TSC cycles spent handling it
 *
 * Context: the thread of the vCPU that @stat belongs to.  Doesn't sleep.
 */
static __always_inline void kvm_exit_stats_count(struct kvm_exit_stat *stat,
						 u64 cycles)
{
	/* One writer, and readers that see an aligned quadword in one piece. */
	data_race(stat->exits++);
	/* Pairs with kvm_exit_stats_add(): nobody sees cycles without an exit. */
	smp_wmb();
	/* Keeps @cycles a value of its own: one add to memory, not four moves. */
	OPTIMIZER_HIDE_VAR(cycles);
	/* As for the exits. */
	data_race(stat->cycles += cycles);
}

/**
 * kvm_count_exit - handle one exit and count it
 * @vcpu: the vCPU that exited
 * @fastpath: what the fast path made of the exit
 * @code: the exit code (SDM vol. 3 app. C, basic exit reason; APM vol. 2
 *	  app. C).  Taken now: the handler may change it.
 * @handler: the vendor's exit handler, expanded inline
 *
 * KVM calls the vendor's handler through this only if the statistics are on.
 * An exit during which they are switched off is still counted.
 *
 * Context: the thread of @vcpu, may sleep as @handler does.
 * Return: what @handler returned.
 */
static __always_inline int kvm_count_exit(struct kvm_vcpu *vcpu, fastpath_t fastpath,
					  u32 code, kvm_exit_handler_t handler)
{
	struct kvm_exit_stats *stats = vcpu->arch.exit_stats;
	struct kvm_exit_stat *stat = kvm_exit_stats_record(stats, code);
	u64 start = kvm_exit_tsc();
	int r;

	stats->last = stat;
	/* The fast path meant to re-enter but was stopped: nothing is left to do. */
	if (unlikely(fastpath != EXIT_FASTPATH_NONE) && stats->fastpath_counted)
		stat = &stats->ignored;

	r = handler(vcpu, fastpath);

	kvm_exit_stats_count(stat, kvm_exit_tsc() - start);
	return r;
}

/**
 * kvm_count_fast() - run a fast-path handler and count its exit
 * @vcpu: the vCPU that exited
 * @code: the exit code, as for kvm_count_exit()
 * @handler: the call of the fast-path handler; the macro evaluates it once
 *
 * The exit is counted here if it is to re-enter the guest; else the exit handler
 * follows, and with it kvm_count_exit().  Most MSR writes are such, so that this
 * does little before it knows.  A fast path doesn't take 2^32 cycles.
 *
 * Context: the thread of @vcpu, interrupts disabled.  Doesn't sleep.
 * Return: what the fast-path handler returned.
 */
#define kvm_count_fast(vcpu, code, handler...)				\
({									\
	struct kvm_vcpu *__vcpu = (vcpu);				\
	fastpath_t __r;							\
									\
	if (static_branch_likely(&kvm_exit_stats_key)) {		\
		u32 __start = rdtsc();					\
									\
		__r = (handler);					\
		if (__r != EXIT_FASTPATH_NONE)				\
			kvm_exit_stats_fast(__vcpu, code, __r, __start);\
	} else {							\
		__r = (handler);					\
	}								\
	__r;								\
})

static __always_inline void kvm_exit_stats_fast(struct kvm_vcpu *vcpu, u32 code,
						fastpath_t fastpath, u32 start)
{
	struct kvm_exit_stats *stats = vcpu->arch.exit_stats;

	stats->fastpath_counted = fastpath == EXIT_FASTPATH_REENTER_GUEST;
	if (stats->fastpath_counted) {
		stats->last = kvm_exit_stats_record(stats, code);
		kvm_exit_stats_count(stats->last, (u32)rdtsc() - start);
	}
}

/**
 * kvm_exit_stats_left - note when a vCPU left its guest
 * @vcpu: the vCPU, right after the VM exit
 *
 * Context: the thread of @vcpu, interrupts disabled.  Doesn't sleep.
 */
static __always_inline void kvm_exit_stats_left(struct kvm_vcpu *vcpu)
{
	vcpu->arch.exit_stats->left = kvm_exit_tsc();
}

/**
 * kvm_exit_stats_enter - count the absence that a VM entry ends
 * @vcpu: the vCPU, right before the VM entry
 *
 * There is nothing to count before the vCPU's first exit, nor if that was
 * before absences were switched on.
 *
 * Context: the thread of @vcpu, interrupts disabled, in noinstr or __no_kcsan
 * code: calls nothing, not even data_race().  Doesn't sleep.
 */
static __always_inline void kvm_exit_stats_enter(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats *stats = vcpu->arch.exit_stats;
	struct kvm_exit_stat *stat;
	u64 away, bucket;

	if (unlikely(stats->left <= READ_ONCE(kvm_exit_away_since)))
		return;

	stat = stats->last;

	away = kvm_exit_tsc() - stats->left;
	OPTIMIZER_HIDE_VAR(away);
	/* As in kvm_exit_stats_count(): one writer, quadwords, one add each. */
	stat->away += away;
	if (unlikely(away > stat->longest))
		WRITE_ONCE(stat->longest, away);
	/* An absence of 0 counts as one of 1, and BSR has no result for 0. */
	bucket = __fls(away | 1);
	if (unlikely(bucket >= KVM_EXIT_STATS_NR_BUCKETS))
		bucket = KVM_EXIT_STATS_NR_BUCKETS - 1;
	stat->buckets[bucket]++;
}

/**
 * kvm_time_away() - enter the guest, and measure the time away from it
 * @vcpu: the vCPU that enters
 * @enter: the call that enters; the macro evaluates it once
 *
 * Switched off, this is one patched-out jump and @enter.
 *
 * Context: the thread of @vcpu, interrupts disabled.
 */
#define kvm_time_away(vcpu, enter...)					\
do {									\
	struct kvm_vcpu *__vcpu = (vcpu);				\
									\
	if (kvm_exit_away_on()) {					\
		kvm_exit_stats_enter(__vcpu);				\
		enter;							\
		kvm_exit_stats_left(__vcpu);				\
	} else {							\
		enter;							\
	}								\
} while (0)

/**
 * kvm_exit_stats_no_entry - a VM entry that KVM didn't even attempt
 * @vcpu: the vCPU whose exit KVM makes up instead
 *
 * The made-up exit is counted like any other; so ends one absence and begins
 * the next.
 *
 * Context: the thread of @vcpu, interrupts disabled.  Doesn't sleep.
 */
static __always_inline void kvm_exit_stats_no_entry(struct kvm_vcpu *vcpu)
{
	if (!kvm_exit_away_on())
		return;

	/* For the plain adds, which others read. */
	kcsan_disable_current();
	kvm_exit_stats_enter(vcpu);
	kvm_exit_stats_left(vcpu);
	kcsan_enable_current();
}

/**
 * kvm_exit_stats_cpuid - answer CPUID if it asks for the exit statistics
 * @vcpu: the vCPU that executes CPUID; the VMM gave it no entry for this leaf
 *	  and sub-leaf
 * @function: the leaf asked for
 * @index: the sub-leaf asked for, any value
 * @eax: where to put EAX of the answer
 * @ebx: where to put EBX
 * @ecx: where to put ECX
 * @edx: where to put EDX
 *
 * Context: the thread of @vcpu, may sleep.
 * Return: false if the leaf isn't ours, is hidden by the VMM or is switched
 * off.  Nothing was written then, and stock KVM answers.
 */
static inline bool kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 function, u32 index,
					u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	return function == KVM_EXIT_STATS_LEAF &&
	       kvm_exit_stats_on() &&
	       kvm_exit_stats_query(vcpu, index, eax, ebx, ecx, edx);
}

#else /* !CONFIG_X86_64: a 64-bit count can't be read in one piece */

#define kvm_count_fast(vcpu, code, handler...)	((void)(vcpu), (void)(code), (handler))
#define kvm_time_away(vcpu, enter...)		((void)(vcpu), (enter))

static inline int kvm_count_exit(struct kvm_vcpu *vcpu, fastpath_t fastpath, u32 code,
				 kvm_exit_handler_t handler)
{
	return handler(vcpu, fastpath);
}

static inline void kvm_exit_stats_setup(u32 isa, kvm_exit_handler_t count_exit,
					u32 low, u32 high, u32 nr_high) {}
static inline void kvm_exit_stats_update(void) {}
static inline void kvm_exit_stats_unset(void) {}
static inline void kvm_exit_stats_init_vm(struct kvm *kvm) {}
static inline int kvm_exit_stats_create(struct kvm_vcpu *vcpu) { return 0; }
static inline void kvm_exit_stats_destroy(struct kvm_vcpu *vcpu) {}
static inline void kvm_exit_stats_no_entry(struct kvm_vcpu *vcpu) {}
static inline bool kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 function, u32 index,
					u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	return false;
}

#endif /* CONFIG_X86_64 */

#endif /* __KVM_X86_EXIT_STATS_H */
