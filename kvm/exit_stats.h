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
#include <linux/kvm_host.h>
#include <linux/types.h>

#include <asm/barrier.h>
#include <asm/msr.h>

#include <asm/kvm_exit_stats.h>

#ifdef CONFIG_X86_64

/**
 * struct kvm_exit_stat - the record of one exit code on one vCPU
 * @exits: exits whose handling has ended
 * @cycles: host TSC cycles spent handling them
 */
struct kvm_exit_stat {
	u64 exits;
	u64 cycles;
};

/**
 * struct kvm_exit_stats - the table of one vCPU
 * @nr_codes: codes that have a record of their own
 * @fastpath: record of an exit that a fast-path handler has seen and that isn't
 *	      counted yet, or NULL: whether the exit re-enters the guest or goes
 *	      on to the exit handler is decided only later
 * @fastpath_cycles: host TSC cycles that the fast-path handler spent on it
 * @stat: a record for each code the vendor module handles, and one more for
 *	  KVM_EXIT_STATS_CODE_OTHER
 */
struct kvm_exit_stats {
	u32 nr_codes;
	struct kvm_exit_stat *fastpath;
	u64 fastpath_cycles;
	struct kvm_exit_stat stat[];
};

DECLARE_STATIC_KEY_TRUE(kvm_exit_stats_key);

void kvm_exit_stats_setup(u32 isa, u32 nr_codes);
void kvm_exit_stats_init_vm(struct kvm *kvm);
int kvm_exit_stats_create(struct kvm_vcpu *vcpu);
void kvm_exit_stats_destroy(struct kvm_vcpu *vcpu);
bool kvm_exit_stats_query(struct kvm_vcpu *vcpu, u32 index,
			  u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);

/**
 * kvm_exit_stats_on - are exits counted?
 *
 * Return: parameter exit_stats.  False costs one instruction, a patched-out
 * jump: what counts is laid out of line.
 */
static __always_inline bool kvm_exit_stats_on(void)
{
	return static_branch_unlikely(&kvm_exit_stats_key);
}

/**
 * kvm_exit_stats_record - find the record of an exit code
 * @vcpu: the vCPU that exited
 * @code: its exit code, any value
 *
 * Hardware numbers its exits, a guest doesn't choose @code: nothing for
 * array_index_nospec().
 *
 * Context: the thread of @vcpu.
 * Return: the code's own record, or the one of KVM_EXIT_STATS_CODE_OTHER.
 */
static __always_inline struct kvm_exit_stat *
kvm_exit_stats_record(struct kvm_vcpu *vcpu, u32 code)
{
	struct kvm_exit_stats *stats = vcpu->arch.exit_stats;

	if (unlikely(code >= stats->nr_codes))
		code = stats->nr_codes;
	return &stats->stat[code];
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
 * The vendor calls this, out of line, only if the statistics are on.  An exit
 * during which they are switched off is still counted.
 *
 * Context: the thread of @vcpu, may sleep as @handler does.
 * Return: what @handler returned.
 */
static __always_inline int
kvm_count_exit(struct kvm_vcpu *vcpu, fastpath_t fastpath, u32 code,
	       int (*handler)(struct kvm_vcpu *vcpu, fastpath_t fastpath))
{
	struct kvm_exit_stat *stat = kvm_exit_stats_record(vcpu, code);
	u64 start = rdtsc();
	int r;

	/* The fast path did the work but didn't re-enter: one exit, one count. */
	if (unlikely(fastpath != EXIT_FASTPATH_NONE) && vcpu->arch.exit_stats->fastpath) {
		start -= vcpu->arch.exit_stats->fastpath_cycles;
		vcpu->arch.exit_stats->fastpath = NULL;
	}

	r = handler(vcpu, fastpath);

	kvm_exit_stats_count(stat, rdtsc() - start);
	return r;
}

/**
 * kvm_count_fast() - run a fast-path handler and remember its exit
 * @vcpu: the vCPU that exited
 * @code: the exit code, as for kvm_count_exit()
 * @handler: the call of the fast-path handler; the macro evaluates it once
 *
 * The exit is counted by kvm_count_reentry(), or with the rest of its
 * handling by kvm_count_exit().
 *
 * Context: the thread of @vcpu, interrupts disabled.  Doesn't sleep.
 * Return: what the fast-path handler returned.
 */
#define kvm_count_fast(vcpu, code, handler...)				\
({									\
	struct kvm_vcpu *__vcpu = (vcpu);				\
	fastpath_t __r;							\
									\
	if (kvm_exit_stats_on()) {					\
		struct kvm_exit_stat *__stat;				\
		u64 __start;						\
									\
		__stat = kvm_exit_stats_record(__vcpu, code);		\
		__start = rdtsc();					\
		__r = (handler);					\
		__vcpu->arch.exit_stats->fastpath_cycles = rdtsc() - __start;\
		__vcpu->arch.exit_stats->fastpath = __stat;		\
	} else {							\
		__r = (handler);					\
	}								\
	__r;								\
})

/**
 * kvm_count_reentry - count an exit that ends on the fast path
 * @vcpu: the vCPU about to re-enter its guest
 *
 * There is nothing to count if the statistics were switched on between the
 * fast-path handler and this call.
 *
 * Context: the thread of @vcpu, interrupts disabled.  Doesn't sleep.
 */
static __always_inline void kvm_count_reentry(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats *stats;

	if (!kvm_exit_stats_on())
		return;

	stats = vcpu->arch.exit_stats;
	if (!stats->fastpath)
		return;

	kvm_exit_stats_count(stats->fastpath, stats->fastpath_cycles);
	stats->fastpath = NULL;
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

static inline int kvm_count_exit(struct kvm_vcpu *vcpu, fastpath_t fastpath, u32 code,
				 int (*handler)(struct kvm_vcpu *vcpu, fastpath_t fastpath))
{
	return handler(vcpu, fastpath);
}

static inline bool kvm_exit_stats_on(void) { return false; }
static inline void kvm_exit_stats_setup(u32 isa, u32 nr_codes) {}
static inline void kvm_exit_stats_init_vm(struct kvm *kvm) {}
static inline int kvm_exit_stats_create(struct kvm_vcpu *vcpu) { return 0; }
static inline void kvm_exit_stats_destroy(struct kvm_vcpu *vcpu) {}
static inline void kvm_count_reentry(struct kvm_vcpu *vcpu) {}
static inline bool kvm_exit_stats_cpuid(struct kvm_vcpu *vcpu, u32 function, u32 index,
					u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	return false;
}

#endif /* CONFIG_X86_64 */

#endif /* __KVM_X86_EXIT_STATS_H */
