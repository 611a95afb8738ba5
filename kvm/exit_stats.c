// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: tables, the CPUID leaf that a guest reads them with,
 * and the switch.  exit_stats.h has the part that runs at each exit.
 *
 * The codes are those of the Intel SDM vol. 3 app. C (VMX basic exit reasons)
 * and of the AMD APM vol. 2 app. C (SVM exit codes).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/nospec.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/static_call.h>

#include <asm/tsc.h>

#include "cpuid.h"
#include "exit_stats.h"

/* Written while a vendor module loads or unloads, when there is no VM. */
static kvm_exit_handler_t kvm_count_exit_handler;
static u32 kvm_exit_stats_isa __read_mostly;
static struct kvm_exit_codes kvm_exit_codes __read_mostly;

/* 0 off, 1 exits and handler cycles, 2 also time away from the guest. */
static unsigned int exit_stats __read_mostly = 1;

DEFINE_STATIC_KEY_TRUE(kvm_exit_stats_key);
EXPORT_SYMBOL_GPL(kvm_exit_stats_key);

DEFINE_STATIC_KEY_FALSE(kvm_exit_away_key);
EXPORT_SYMBOL_GPL(kvm_exit_away_key);

u64 kvm_exit_away_since __read_mostly;
EXPORT_SYMBOL_GPL(kvm_exit_away_since);

/* The level that @val names, a number or a boolean, or -EINVAL. */
static int kvm_exit_stats_level(const char *val)
{
	unsigned int level;
	bool on;

	if (!kstrtouint(val, 0, &level))
		return level <= 2 ? level : -EINVAL;
	if (kstrtobool(val, &on))
		return -EINVAL;
	return on;
}

/*
 * Have KVM call the exit handler that counts, or the stock one.  Off, an exit
 * doesn't execute a single instruction more than in stock KVM, but for the
 * patched-out jumps around the VM entry and on the fast path.
 */
static void kvm_exit_stats_switch(void)
{
	if (exit_stats)
		static_branch_enable(&kvm_exit_stats_key);
	else
		static_branch_disable(&kvm_exit_stats_key);

	if (!kvm_count_exit_handler)
		return;
	static_call_update(kvm_x86_handle_exit, exit_stats ? kvm_count_exit_handler :
							     kvm_x86_ops.handle_exit);
}

/*
 * Runs with the lock of kvm.ko's parameters held.  Absences are measured only
 * while exits are counted: counting says which exit began them.
 */
static int kvm_exit_stats_param_set(const char *val, const struct kernel_param *kp)
{
	int level = val ? kvm_exit_stats_level(val) : 1;

	if (level < 0)
		return level;

	if (level < 2)
		static_branch_disable(&kvm_exit_away_key);

	exit_stats = level;
	kvm_exit_stats_switch();

	if (level == 2 && !static_key_enabled(&kvm_exit_away_key)) {
		/* Seen by whoever sees the key: patching it interrupts every CPU. */
		WRITE_ONCE(kvm_exit_away_since, rdtsc());
		static_branch_enable(&kvm_exit_away_key);
	}
	return 0;
}

static const struct kernel_param_ops kvm_exit_stats_param_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = kvm_exit_stats_param_set,
	.get = param_get_uint,
};

module_param_cb(exit_stats, &kvm_exit_stats_param_ops, &exit_stats, 0644);
MODULE_PARM_DESC(exit_stats,
		 "Count exits by reason and show a guest its own in a CPUID leaf: 0 off, 1 exits and cycles handling them, 2 also time away from the guest");

/**
 * kvm_exit_stats_setup - tell which exit codes the vendor module has
 * @isa: KVM_EXIT_STATS_ISA_VMX or KVM_EXIT_STATS_ISA_SVM
 * @count_exit: its exit handler, with kvm_count_exit() around it
 * @low: codes 0 .. @low - 1 are counted each on its own
 * @high: and so are codes from here on, or 0
 * @nr_high: this many of them
 *
 * Context: the vendor module's hardware setup, before any VM can exist.
 */
void kvm_exit_stats_setup(u32 isa, kvm_exit_handler_t count_exit,
			  u32 low, u32 high, u32 nr_high)
{
	WARN_ON_ONCE(!low || low + nr_high > KVM_EXIT_STATS_CODE_OTHER);

	kvm_count_exit_handler = count_exit;
	kvm_exit_stats_isa = isa;
	kvm_exit_codes.low = low;
	kvm_exit_codes.high = high;
	kvm_exit_codes.nr_high = nr_high;
}
EXPORT_SYMBOL_GPL(kvm_exit_stats_setup);

/**
 * kvm_exit_stats_update - apply the parameter to a vendor module's operations
 *
 * Context: right after kvm_x86_ops were set, may sleep.
 */
void kvm_exit_stats_update(void)
{
	kernel_param_lock(THIS_MODULE);
	kvm_exit_stats_switch();
	kernel_param_unlock(THIS_MODULE);
}

/**
 * kvm_exit_stats_unset - forget a vendor module that goes
 *
 * Context: the vendor module's exit, or its setup that failed; may sleep.
 */
void kvm_exit_stats_unset(void)
{
	kernel_param_lock(THIS_MODULE);
	kvm_count_exit_handler = NULL;
	kernel_param_unlock(THIS_MODULE);
}

/* Records that have a code of their own; one more gathers the others. */
static u32 kvm_exit_stats_nr_codes(void)
{
	return kvm_exit_codes.low + kvm_exit_codes.nr_high;
}

static u32 kvm_exit_stats_max_code(void)
{
	if (kvm_exit_codes.nr_high)
		return kvm_exit_codes.high + kvm_exit_codes.nr_high - 1;
	return kvm_exit_codes.low - 1;
}

/**
 * kvm_exit_stats_init_vm - give a new VM's counters their id
 * @kvm: a VM that has no vCPU yet
 *
 * The id is random, so that it tells a guest nothing of other VMs, and so that
 * a guest moved to another host sees that its counters began again.
 *
 * Context: VM creation, may sleep.
 */
void kvm_exit_stats_init_vm(struct kvm *kvm)
{
	kvm->arch.exit_stats_epoch = get_random_u64();
}

/**
 * kvm_exit_stats_create - allocate the table of a vCPU, all zero
 * @vcpu: a vCPU that hasn't run yet
 *
 * Independent of the switch: it may be turned on while the vCPU runs.
 *
 * Context: vCPU creation, may sleep.
 * Return: 0, or -ENOMEM.
 */
int kvm_exit_stats_create(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_stats *stats;

	stats = kvzalloc(struct_size(stats, stat, kvm_exit_stats_nr_codes() + 1),
			 GFP_KERNEL_ACCOUNT);
	if (!stats)
		return -ENOMEM;

	stats->codes = kvm_exit_codes;
	stats->last = &stats->stat[kvm_exit_stats_nr_codes()];
	vcpu->arch.exit_stats = stats;
	return 0;
}

/**
 * kvm_exit_stats_destroy - free the table of a vCPU
 * @vcpu: a vCPU that never runs again and that no query can reach any more;
 *	  its table may be missing
 *
 * Context: vCPU destruction, or creation that failed; may sleep.
 */
void kvm_exit_stats_destroy(struct kvm_vcpu *vcpu)
{
	kvfree(vcpu->arch.exit_stats);
}

/*
 * A guest chose @code.  Sets @index to its record and returns true, or false if
 * the code is past the highest.  A code in a gap that SVM leaves never occurs.
 */
static bool kvm_exit_stats_find(u32 code, u32 *index)
{
	const u32 nr_codes = kvm_exit_stats_nr_codes();

	if (code == KVM_EXIT_STATS_CODE_OTHER) {
		*index = nr_codes;
		return true;
	}
	if (code > kvm_exit_stats_max_code())
		return false;

	/* No load beyond the table, not even in speculation. */
	*index = array_index_nospec(kvm_exit_stats_index(&kvm_exit_codes, code), nr_codes + 1);
	return true;
}

static bool kvm_exit_stats_in_gap(u32 code)
{
	return code >= kvm_exit_codes.low && code < kvm_exit_codes.high;
}

/* Two values, as one CPUID answers them. */
struct kvm_exit_pair {
	u64 edx_eax;
	u64 ebx_ecx;
};

/* Which class of records, and which pair of buckets, a sub-leaf is for. */
static bool kvm_exit_stats_class(u32 index, u32 *class, u32 *pair)
{
	u32 p;

	*class = index & KVM_EXIT_STATS_CLASS_MASK;
	*pair = 0;
	if (*class == KVM_EXIT_STATS_REASON)
		return true;
	if (!kvm_exit_away_on())
		return false;
	if (*class == KVM_EXIT_STATS_AWAY)
		return true;
	if (*class < KVM_EXIT_STATS_BUCKETS)
		return false;

	p = (*class - KVM_EXIT_STATS_BUCKETS) >> KVM_EXIT_STATS_PAIR_SHIFT;
	if (p >= KVM_EXIT_STATS_NR_BUCKETS / 2)
		return false;
	*class = KVM_EXIT_STATS_BUCKETS;
	*pair = array_index_nospec(p, KVM_EXIT_STATS_NR_BUCKETS / 2);
	return true;
}

/* Add one record of one vCPU to the answer of a class. */
static void kvm_exit_stats_add(const struct kvm_exit_stat *stat, u32 class, u32 pair,
			       struct kvm_exit_pair *sum)
{
	switch (class) {
	case KVM_EXIT_STATS_REASON:
		sum->ebx_ecx += READ_ONCE(stat->cycles);
		/* Pairs with kvm_exit_stats_count(): no cycles without an exit. */
		smp_rmb();
		sum->edx_eax += READ_ONCE(stat->exits);
		break;
	case KVM_EXIT_STATS_AWAY:
		sum->edx_eax = max(sum->edx_eax, READ_ONCE(stat->longest));
		sum->ebx_ecx += READ_ONCE(stat->away);
		break;
	case KVM_EXIT_STATS_BUCKETS:
		sum->edx_eax += READ_ONCE(stat->buckets[2 * pair]);
		sum->ebx_ecx += READ_ONCE(stat->buckets[2 * pair + 1]);
		break;
	}
}

/* The answer of a class: records @first .. @last, summed up. */
static void kvm_exit_stats_answer_sum(struct kvm_vcpu *vcpu, bool vm_wide, u32 class,
				      u32 pair, u32 first, u32 last, u32 regs[4])
{
	struct kvm_exit_pair sum = {};
	struct kvm_vcpu *each;
	unsigned long i;
	u32 n;

	kvm_for_each_vcpu(i, each, vcpu->kvm) {
		/* A guest may have thousands of vCPUs and ask for totals all day. */
		cond_resched();
		if (!vm_wide && each != vcpu)
			continue;
		for (n = first; n <= last; n++)
			kvm_exit_stats_add(&each->arch.exit_stats->stat[n], class, pair, &sum);
	}

	regs[0] = lower_32_bits(sum.edx_eax);
	regs[1] = upper_32_bits(sum.ebx_ecx);
	regs[2] = lower_32_bits(sum.ebx_ecx);
	regs[3] = upper_32_bits(sum.edx_eax);
}

/* Set in @map the codes from @first on that have occurred on @vcpu. */
static void kvm_exit_stats_map(const struct kvm_vcpu *vcpu, u32 first, u32 map[4])
{
	u32 bit, index;

	for (bit = 0; bit < KVM_EXIT_STATS_MAP_CODES; bit++) {
		if (kvm_exit_stats_in_gap(first + bit) ||
		    !kvm_exit_stats_find(first + bit, &index))
			continue;
		if (READ_ONCE(vcpu->arch.exit_stats->stat[index].exits))
			map[bit / 32] |= 1u << (bit % 32);
	}
}

/* The answer of a map: which codes from @first on have occurred. */
static void kvm_exit_stats_answer_map(struct kvm_vcpu *vcpu, bool vm_wide, u32 first,
				      u32 regs[4])
{
	struct kvm_vcpu *each;
	unsigned long i;

	memset(regs, 0, 4 * sizeof(*regs));
	kvm_for_each_vcpu(i, each, vcpu->kvm) {
		cond_resched();
		if (vm_wide || each == vcpu)
			kvm_exit_stats_map(each, first, regs);
	}
}

/* Answer @index, any value, with EAX, EBX, ECX, EDX in @regs. */
static void kvm_exit_stats_answer(struct kvm_vcpu *vcpu, u32 index, u32 regs[4])
{
	const bool vm_wide = !(index & KVM_EXIT_STATS_THIS_VCPU);
	const u64 epoch = vcpu->kvm->arch.exit_stats_epoch;
	u32 class, pair, record, n = index & KVM_EXIT_STATS_INDEX_MASK;

	switch (index) {
	case KVM_EXIT_STATS_IDENTITY:
		regs[0] = KVM_EXIT_STATS_REVISION;
		regs[1] = KVM_EXIT_STATS_SIGNATURE_EBX;
		regs[2] = KVM_EXIT_STATS_SIGNATURE_ECX;
		regs[3] = KVM_EXIT_STATS_SIGNATURE_EDX;
		return;
	case KVM_EXIT_STATS_GEOMETRY:
		regs[0] = kvm_exit_stats_max_code();
		regs[1] = kvm_exit_stats_isa;
		regs[2] = tsc_khz;
		regs[3] = KVM_EXIT_STATS_F_CYCLES;
		if (kvm_exit_away_on())
			regs[3] |= KVM_EXIT_STATS_F_AWAY | KVM_EXIT_STATS_F_BUCKETS;
		return;
	case KVM_EXIT_STATS_EPOCH:
		regs[0] = lower_32_bits(epoch);
		regs[1] = vcpu->vcpu_id;
		regs[2] = atomic_read(&vcpu->kvm->online_vcpus);
		regs[3] = upper_32_bits(epoch);
		return;
	case KVM_EXIT_STATS_TOTALS:
	case KVM_EXIT_STATS_TOTALS | KVM_EXIT_STATS_THIS_VCPU:
		kvm_exit_stats_answer_sum(vcpu, vm_wide, KVM_EXIT_STATS_REASON, 0,
					  0, kvm_exit_stats_nr_codes(), regs);
		return;
	}

	if ((index & KVM_EXIT_STATS_CLASS_MASK) == KVM_EXIT_STATS_MAP) {
		if (n <= kvm_exit_stats_max_code() / KVM_EXIT_STATS_MAP_CODES ||
		    n == KVM_EXIT_STATS_CODE_OTHER / KVM_EXIT_STATS_MAP_CODES) {
			kvm_exit_stats_answer_map(vcpu, vm_wide,
						  n * KVM_EXIT_STATS_MAP_CODES, regs);
			return;
		}
	} else if (kvm_exit_stats_class(index, &class, &pair) &&
		   kvm_exit_stats_find(n, &record)) {
		if (kvm_exit_stats_in_gap(n))
			memset(regs, 0, 4 * sizeof(*regs));
		else
			kvm_exit_stats_answer_sum(vcpu, vm_wide, class, pair,
						  record, record, regs);
		return;
	}

	regs[0] = 0;
	regs[1] = 0;
	regs[2] = 0;
	regs[3] = KVM_EXIT_STATS_UNDEFINED_EDX;
}

/**
 * kvm_exit_stats_query - answer one sub-leaf of KVM_EXIT_STATS_LEAF
 * @vcpu: the vCPU that executes CPUID
 * @index: ECX, any value
 * @eax: where to put EAX of the answer
 * @ebx: where to put EBX
 * @ecx: where to put ECX
 * @edx: where to put EDX
 *
 * asm/kvm_exit_stats.h defines the sub-leaves.  A guest sees its own VM only.
 * The time this takes grows with the number of the VM's vCPUs.
 *
 * Context: the thread of @vcpu, may sleep.
 * Return: false if the VMM has an entry of its own for any sub-leaf of this
 * leaf: it decides what the guest sees, and nothing was written.  Else true.
 */
bool kvm_exit_stats_query(struct kvm_vcpu *vcpu, u32 index,
			  u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	u32 regs[4];

	if (kvm_find_cpuid_entry(vcpu, KVM_EXIT_STATS_LEAF))
		return false;

	kvm_exit_stats_answer(vcpu, index, regs);
	*eax = regs[0];
	*ebx = regs[1];
	*ecx = regs[2];
	*edx = regs[3];
	return true;
}
