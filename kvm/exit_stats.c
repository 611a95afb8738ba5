// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the CPUID leaves that a guest reads them with, and the
 * switch.  exit_stats.h has the part that runs at each exit, exit_stats_policy.c who
 * may read them, exit_stats_debugfs.c the host's view.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpufeature.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/nospec.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <asm/tsc.h>

#include "exit_keys.h"
#include "exit_stats.h"
#include "kvm_cache_regs.h"
#include "trace.h"
#include "x86.h"

/* vCPUs that a query visits between two looks at what else there is to do. */
#define VCPUS_AT_ONCE	64

/* 0 off, 1 exits and handled cycles, 2 also time away from the guest, 3 also keys. */
static unsigned int exit_stats __read_mostly = 1;

DEFINE_STATIC_KEY_TRUE(kvm_exit_stats_key);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_stats_key);

DEFINE_STATIC_KEY_FALSE(kvm_exit_away_key);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_away_key);

DEFINE_STATIC_KEY_FALSE(kvm_exit_tsc_key);

/* The vendor module's table: which codes this KVM handles. */
static int (*const *exit_handlers)(struct kvm_vcpu *vcpu);
static u32 nr_exit_handlers;

/*
 * What a vCPU noted before a switch isn't valid after it: all keys are off that would
 * have it used.
 */
static void kvm_exit_stats_prepare(void)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;
	struct kvm *kvm;

	mutex_lock(&kvm_lock);
	/* A vCPU that isn't in its VM's list yet sees the new level when it is. */
	smp_mb();
	list_for_each_entry(kvm, &vm_list, vm_list) {
		kvm_for_each_vcpu(i, vcpu, kvm) {
			if (!static_key_enabled(&kvm_exit_stats_key))
				WRITE_ONCE(vcpu->arch.exit_stats.start, 0);
			WRITE_ONCE(vcpu->arch.exit_stats.left, KVM_EXIT_NOT_LEFT);
			kvm_exit_keys_forget(vcpu);
			kvm_exit_stats_alloc(vcpu);
		}
	}
	mutex_unlock(&kvm_lock);
}

/* Runs with the lock of kvm.ko's parameters held. */
static int kvm_exit_stats_param_set(const char *val, const struct kernel_param *kp)
{
	unsigned int level;
	bool on = true;

	if (!val || kstrtouint(val, 0, &level)) {
		if (val && kstrtobool(val, &on))
			return -EINVAL;
		level = on;
	}
	if (level > 3)
		return -EINVAL;
	if (level == exit_stats)
		return 0;

	/* Time away is measured only while exits are counted, and keys while it is. */
	static_branch_disable(&kvm_exit_keys_key);
	static_branch_disable(&kvm_exit_tsc_key);
	static_branch_disable(&kvm_exit_away_key);
	if (!level)
		static_branch_disable(&kvm_exit_stats_key);
	WRITE_ONCE(exit_stats, level);
	kvm_exit_stats_prepare();
	if (level)
		static_branch_enable(&kvm_exit_stats_key);
	if (level >= 2) {
		static_branch_enable(&kvm_exit_away_key);
		static_branch_enable(&kvm_exit_tsc_key);
	}
	if (level >= 3)
		static_branch_enable(&kvm_exit_keys_key);
	return 0;
}

static const struct kernel_param_ops kvm_exit_stats_param_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = kvm_exit_stats_param_set,
	.get = param_get_uint,
};

module_param_cb(exit_stats, &kvm_exit_stats_param_ops, &exit_stats, 0644);
MODULE_PARM_DESC(exit_stats,
		 "Count exits by reason and show a guest its own in a CPUID leaf: 0 off, 1 exits and cycles handling them, 2 also time away from the guest, 3 also what the exits of one reason were about");

/**
 * kvm_exit_stats_init_vm - give a new VM's counters their id
 * @kvm: a VM that has no vCPU yet
 *
 * Random: it tells a guest nothing of other VMs, and tells one that was moved to
 * another host that its counters began again.
 */
void kvm_exit_stats_init_vm(struct kvm *kvm)
{
	kvm->arch.exit_stats_epoch = get_random_u64();
}

/**
 * kvm_exit_stats_alloc - have the tables that the level needs
 * @vcpu: a vCPU in its VM's list, which may run already
 *
 * A vCPU for which there is no memory for time away counts exits, but none.
 *
 * Context: may sleep.
 */
void kvm_exit_stats_alloc(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_away *away;
	unsigned int level;

	/* Pairs with kvm_exit_stats_prepare(). */
	smp_mb();
	level = READ_ONCE(exit_stats);
	if (level >= 2 && !READ_ONCE(vcpu->arch.exit_stats.away)) {
		/* The vCPU looks at it only after it has seen the table. */
		WRITE_ONCE(vcpu->arch.exit_stats.left, KVM_EXIT_NOT_LEFT);
		away = kvzalloc_obj(*away, GFP_KERNEL_ACCOUNT);
		if (away && cmpxchg(&vcpu->arch.exit_stats.away, NULL, away))
			kvfree(away);
	}
	if (level >= 3 && READ_ONCE(vcpu->arch.exit_stats.away))
		kvm_exit_keys_alloc(vcpu);
}

/**
 * kvm_exit_stats_free - free what kvm_exit_stats_alloc() allocated
 * @vcpu: a vCPU that never runs again and that no query can reach any more
 */
void kvm_exit_stats_free(struct kvm_vcpu *vcpu)
{
	kvfree(vcpu->arch.exit_stats.away);
	kvm_exit_keys_free(vcpu);
}

static bool kvm_exit_stats_is_svm(void)
{
	return boot_cpu_has(X86_FEATURE_SVM);
}

u32 kvm_exit_stats_max_code(void)
{
	if (kvm_exit_stats_is_svm())
		return EXIT_STATS_HIGH_CODE + EXIT_STATS_HIGH_CODES - 1;
	return EXIT_STATS_LOW_CODES - 1;
}

static u32 kvm_exit_stats_features(void)
{
	u32 features = EXIT_STATS_F_CYCLES;

	/* Differences between CPUs' TSCs would be in all times. */
	if (check_tsc_unstable())
		return 0;
	if (kvm_exit_away_on())
		features |= EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS;
	/* Both, also if they were switched on in between. */
	if (kvm_exit_keys_on())
		features |= EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS | EXIT_STATS_F_KEYS;
	return features;
}

/* A code that a guest asks for: can it have been counted, and at which index? */
static bool kvm_exit_stats_find(u32 code, u32 *index)
{
	if (code >= EXIT_STATS_LOW_CODES && code < EXIT_STATS_HIGH_CODE)
		return false;
	/* No load beyond the table, not even in speculation. */
	*index = array_index_nospec(kvm_exit_stats_index(code), EXIT_STATS_NR_RECORDS);
	return true;
}

/* Two values, as one CPUID answers them. */
struct kvm_exit_pair {
	u64 edx_eax;
	u64 ebx_ecx;
};

/* What a sub-leaf asks for: its class, and which pair of buckets. */
struct kvm_exit_query {
	u32 class;
	u32 pair;
	u32 first;
	u32 last;
};

/* Add what @vcpu has counted under one index. */
static void kvm_exit_stats_add(const struct kvm_vcpu *vcpu, const struct kvm_exit_query *q,
			       u32 index, struct kvm_exit_pair *sum)
{
	const struct kvm_exit_away *away;

	if (q->class == EXIT_STATS_REASON) {
		if (!check_tsc_unstable())
			sum->ebx_ecx += READ_ONCE(vcpu->stat.exit_cycles_by_code[index]);
		/* Pairs with kvm_exit_stats_end(): no cycles without an exit. */
		smp_rmb();
		sum->edx_eax += READ_ONCE(vcpu->stat.exits_by_code[index]);
		return;
	}

	away = READ_ONCE(vcpu->arch.exit_stats.away);
	if (!away)
		return;
	if (q->class == EXIT_STATS_AWAY) {
		sum->edx_eax = max(sum->edx_eax, READ_ONCE(away->longest[index]));
		sum->ebx_ecx += READ_ONCE(away->total[index]);
	} else {
		sum->edx_eax += READ_ONCE(away->buckets[index][2 * q->pair]);
		sum->ebx_ecx += READ_ONCE(away->buckets[index][2 * q->pair + 1]);
	}
}

static void kvm_exit_stats_sum(struct kvm_vcpu *vcpu, const struct kvm_exit_query *q,
			       u32 regs[4])
{
	struct kvm_exit_pair sum = {
		.edx_eax = (u64)regs[3] << 32 | regs[0],
		.ebx_ecx = (u64)regs[1] << 32 | regs[2],
	};
	u32 index;

	for (index = q->first; index <= q->last; index++)
		kvm_exit_stats_add(vcpu, q, index, &sum);
	regs[0] = lower_32_bits(sum.edx_eax);
	regs[1] = upper_32_bits(sum.ebx_ecx);
	regs[2] = lower_32_bits(sum.ebx_ecx);
	regs[3] = upper_32_bits(sum.edx_eax);
}

/* Set in @map the codes from @q->first on that have occurred on @vcpu. */
static void kvm_exit_stats_map(const struct kvm_vcpu *vcpu, const struct kvm_exit_query *q,
			       u32 map[4])
{
	u32 bit, index;

	for (bit = 0; bit < EXIT_STATS_MAP_CODES; bit++) {
		u32 code = q->first + bit;

		if (code != EXIT_STATS_CODE_OTHER && code > kvm_exit_stats_max_code())
			continue;
		if (kvm_exit_stats_find(code, &index) &&
		    READ_ONCE(vcpu->stat.exits_by_code[index]))
			map[bit / 32] |= 1u << (bit % 32);
	}
}

/* Which class, pair of buckets and indices @ecx asks for; false if undefined. */
static bool kvm_exit_stats_parse(u32 ecx, struct kvm_exit_query *q)
{
	u32 n = ecx & EXIT_STATS_INDEX_MASK;

	*q = (struct kvm_exit_query) {
		.class = ecx & EXIT_STATS_CLASS_MASK,
		/* No index: a code that can't have been counted. */
		.first = 1,
	};

	if ((ecx & ~EXIT_STATS_THIS_VCPU) == EXIT_STATS_TOTALS) {
		q->class = EXIT_STATS_REASON;
		q->first = 0;
		q->last = EXIT_STATS_NR_RECORDS - 1;
		return true;
	}

	if (q->class == EXIT_STATS_MAP) {
		q->first = n * EXIT_STATS_MAP_CODES;
		return n <= kvm_exit_stats_max_code() / EXIT_STATS_MAP_CODES ||
		       n == EXIT_STATS_CODE_OTHER / EXIT_STATS_MAP_CODES;
	}

	if (q->class >= EXIT_STATS_BUCKETS) {
		q->pair = (q->class - EXIT_STATS_BUCKETS) >> EXIT_STATS_PAIR_SHIFT;
		if (q->pair >= EXIT_STATS_NR_BUCKETS / 2)
			return false;
		q->pair = array_index_nospec(q->pair, EXIT_STATS_NR_BUCKETS / 2);
		q->class = EXIT_STATS_BUCKETS;
	} else if (q->class != EXIT_STATS_REASON && q->class != EXIT_STATS_AWAY) {
		return false;
	}
	if (q->class != EXIT_STATS_REASON &&
	    !(kvm_exit_stats_features() & EXIT_STATS_F_AWAY))
		return false;

	if (n != EXIT_STATS_CODE_OTHER && n > kvm_exit_stats_max_code())
		return false;
	if (kvm_exit_stats_find(n, &q->first))
		q->last = q->first;
	return true;
}

static void kvm_exit_stats_one(struct kvm_vcpu *vcpu, const struct kvm_exit_query *q,
			       u32 regs[4])
{
	if (q->class == EXIT_STATS_MAP)
		kvm_exit_stats_map(vcpu, q, regs);
	else
		kvm_exit_stats_sum(vcpu, q, regs);
}

/**
 * kvm_exit_stats_answer - tell what EXIT_STATS_LEAF answers
 * @vcpu: the vCPU that asks, or is asked about; it may run meanwhile
 * @ecx: sub-leaf, any value
 * @regs: where to put EAX, EBX, ECX, EDX
 * @may_stop: a signal may come first: a VM may have thousands of vCPUs
 *
 * Context: may sleep.
 * Return: false if a signal did.
 */
bool kvm_exit_stats_answer(struct kvm_vcpu *vcpu, u32 ecx, u32 regs[4], bool may_stop)
{
	const u64 epoch = vcpu->kvm->arch.exit_stats_epoch;
	struct kvm_exit_query q;
	struct kvm_vcpu *each;
	unsigned long i;

	/* One form of both; both bits are undefined. */
	if ((ecx & (EXIT_STATS_THIS_VCPU | EXIT_STATS_THIS_VCPU_LOW)) == EXIT_STATS_THIS_VCPU_LOW)
		ecx ^= EXIT_STATS_THIS_VCPU | EXIT_STATS_THIS_VCPU_LOW;

	memset(regs, 0, 4 * sizeof(*regs));
	switch (ecx) {
	case EXIT_STATS_IDENTITY:
		regs[0] = EXIT_STATS_REVISION;
		regs[1] = EXIT_STATS_SIGNATURE_EBX;
		regs[2] = EXIT_STATS_SIGNATURE_ECX;
		regs[3] = EXIT_STATS_SIGNATURE_EDX;
		return true;
	case EXIT_STATS_GEOMETRY:
		regs[0] = kvm_exit_stats_max_code();
		regs[1] = kvm_exit_stats_is_svm() ? EXIT_STATS_ISA_SVM : EXIT_STATS_ISA_VMX;
		regs[2] = tsc_khz;
		regs[3] = kvm_exit_stats_features();
		return true;
	case EXIT_STATS_EPOCH:
		regs[0] = lower_32_bits(epoch);
		regs[1] = vcpu->vcpu_id;
		regs[2] = atomic_read(&vcpu->kvm->online_vcpus);
		regs[3] = upper_32_bits(epoch);
		return true;
	}

	if (kvm_exit_keys_answer(vcpu, ecx, regs))
		return true;
	if (!kvm_exit_stats_parse(ecx, &q)) {
		regs[3] = EXIT_STATS_UNDEFINED_EDX;
		return true;
	}
	if (ecx & EXIT_STATS_THIS_VCPU) {
		kvm_exit_stats_one(vcpu, &q, regs);
		return true;
	}
	kvm_for_each_vcpu(i, each, vcpu->kvm) {
		if (i && i % VCPUS_AT_ONCE == 0) {
			if (may_stop && signal_pending(current))
				return false;
			cond_resched();
		}
		kvm_exit_stats_one(each, &q, regs);
	}
	return true;
}

/**
 * kvm_exit_stats_set_handlers - tell which exit codes this KVM handles
 * @handlers: the vendor module's array of functions, by code; NULL is none
 * @nr: number of @handlers
 *
 * Context: the vendor module is being loaded; there is no VM.
 */
void kvm_exit_stats_set_handlers(const void *handlers, u32 nr)
{
	exit_handlers = handlers;
	nr_exit_handlers = nr;
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_stats_set_handlers);

static bool kvm_exit_stats_handled(u32 code)
{
	if (code >= nr_exit_handlers)
		return false;
	return exit_handlers[array_index_nospec(code, nr_exit_handlers)];
}

/*
 * Does the architecture define @code?  SDM vol. 3 app. C of 2024, up to TDCALL, and APM
 * vol. 2 app. C, up to IDLE_HLT and VMGEXIT.  What this KVM handles is defined anyway.
 */
static bool kvm_exit_stats_defined(u32 code)
{
	if (kvm_exit_stats_is_svm())
		return code <= 0xa6 || (code >= EXIT_STATS_HIGH_CODE &&
					code < EXIT_STATS_HIGH_CODE + EXIT_STATS_HIGH_CODES);
	return code <= 77 && code != 35 && code != 38 && code != 42 && code != 65;
}

/* The answer to one of the leaves before EXIT_STATS_LEAF; otherwise as there. */
static bool kvm_exit_stats_answer_code(struct kvm_vcpu *vcpu, u32 leaf, u32 code, u32 regs[4],
				       bool may_stop)
{
	u32 all[4], one[4];

	memset(regs, 0, 4 * sizeof(*regs));
	if (!kvm_exit_stats_handled(code)) {
		if (!kvm_exit_stats_defined(code))
			regs[3] = EXIT_STATS_UNDEFINED_EDX;
		return true;
	}
	if (!kvm_exit_stats_answer(vcpu, EXIT_STATS_TOTALS, all, may_stop) ||
	    !kvm_exit_stats_answer(vcpu, EXIT_STATS_REASON + code, one, may_stop))
		return false;

	if (leaf == EXIT_STATS_LEAF_CYCLES) {
		regs[0] = all[0];
		memcpy(&regs[1], &one[1], 2 * sizeof(*regs));
	} else {
		regs[0] = one[0];
		memcpy(&regs[1], &all[1], 2 * sizeof(*regs));
	}
	return true;
}

/**
 * kvm_exit_stats_emulate_cpuid - execute CPUID of one of our leaves
 * @vcpu: the vCPU that executes it, ECX any value
 *
 * A guest sees its own VM only.
 *
 * Context: the thread of @vcpu, may sleep.
 * Return: as an exit handler: 1 to go on, 0 to go to the VMM.
 */
int kvm_exit_stats_emulate_cpuid(struct kvm_vcpu *vcpu)
{
	u32 leaf = kvm_rax_read(vcpu);
	u32 index = kvm_rcx_read(vcpu);
	/* Not twice in a row: however often signals come, the guest gets on. */
	bool done, may_stop = !vcpu->arch.exit_stats.interrupted;
	u32 regs[4];

	if (leaf == EXIT_STATS_LEAF)
		done = kvm_exit_stats_answer(vcpu, index, regs, may_stop);
	else
		done = kvm_exit_stats_answer_code(vcpu, leaf, index, regs, may_stop);
	vcpu->arch.exit_stats.interrupted = !done;
	/* RIP stays: the guest executes CPUID again after the signal. */
	if (!done)
		return 1;

	trace_kvm_cpuid(leaf, index, regs[0], regs[1], regs[2], regs[3], true, false);
	kvm_rax_write(vcpu, regs[0]);
	kvm_rbx_write(vcpu, regs[1]);
	kvm_rcx_write(vcpu, regs[2]);
	kvm_rdx_write(vcpu, regs[3]);
	return kvm_skip_emulated_instruction(vcpu);
}
