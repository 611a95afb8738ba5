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

#include <asm/tsc.h>

#include "cpuid.h"
#include "exit_stats.h"

/* Written while the vendor module loads, when there is no VM yet. */
static u32 kvm_exit_stats_isa __read_mostly;
static u32 kvm_exit_stats_nr_codes __read_mostly;

static bool exit_stats __read_mostly = true;

DEFINE_STATIC_KEY_TRUE(kvm_exit_stats_key);
EXPORT_SYMBOL_GPL(kvm_exit_stats_key);

static int kvm_exit_stats_param_set(const char *val, const struct kernel_param *kp)
{
	int r = param_set_bool(val, kp);

	if (r)
		return r;

	if (exit_stats)
		static_branch_enable(&kvm_exit_stats_key);
	else
		static_branch_disable(&kvm_exit_stats_key);
	return 0;
}

static const struct kernel_param_ops kvm_exit_stats_param_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = kvm_exit_stats_param_set,
	.get = param_get_bool,
};

module_param_cb(exit_stats, &kvm_exit_stats_param_ops, &exit_stats, 0644);
MODULE_PARM_DESC(exit_stats,
		 "Count exits by reason and show a guest its own in a CPUID leaf");

/**
 * kvm_exit_stats_setup - tell which exit codes the vendor module has
 * @isa: KVM_EXIT_STATS_ISA_VMX or KVM_EXIT_STATS_ISA_SVM
 * @nr_codes: codes counted each on its own, 0 .. @nr_codes - 1
 *
 * Context: the vendor module's hardware setup, before any VM can exist.
 */
void kvm_exit_stats_setup(u32 isa, u32 nr_codes)
{
	WARN_ON_ONCE(!nr_codes || nr_codes > KVM_EXIT_STATS_CODE_OTHER);

	kvm_exit_stats_isa = isa;
	kvm_exit_stats_nr_codes = nr_codes;
}
EXPORT_SYMBOL_GPL(kvm_exit_stats_setup);

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

	stats = kvzalloc(struct_size(stats, stat, kvm_exit_stats_nr_codes + 1),
			 GFP_KERNEL_ACCOUNT);
	if (!stats)
		return -ENOMEM;

	stats->nr_codes = kvm_exit_stats_nr_codes;
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

/* Add what @vcpu counted in records @first .. @last to @sum. */
static void kvm_exit_stats_add(const struct kvm_vcpu *vcpu, u32 first, u32 last,
			       struct kvm_exit_stat *sum)
{
	u32 i;

	for (i = first; i <= last; i++) {
		const struct kvm_exit_stat *stat = &vcpu->arch.exit_stats->stat[i];

		sum->cycles += READ_ONCE(stat->cycles);
		/* Pairs with kvm_exit_stats_count(): no cycles without an exit. */
		smp_rmb();
		sum->exits += READ_ONCE(stat->exits);
	}
}

/* Set in @map the codes from @first on that have occurred on @vcpu. */
static void kvm_exit_stats_map(const struct kvm_vcpu *vcpu, u32 first, u32 map[4])
{
	const u32 nr_codes = kvm_exit_stats_nr_codes;
	u32 bit, code, record;

	for (bit = 0; bit < KVM_EXIT_STATS_MAP_CODES; bit++) {
		code = first + bit;
		if (code == KVM_EXIT_STATS_CODE_OTHER)
			record = nr_codes;
		else if (code < nr_codes)
			record = array_index_nospec(code, nr_codes);
		else
			continue;

		if (READ_ONCE(vcpu->arch.exit_stats->stat[record].exits))
			map[bit / 32] |= 1u << (bit % 32);
	}
}

/* The answer to a record's sub-leaf: records @first .. @last, summed. */
static void kvm_exit_stats_answer_sum(struct kvm_vcpu *vcpu, bool vm_wide,
				      u32 first, u32 last, u32 regs[4])
{
	struct kvm_exit_stat sum = {};
	struct kvm_vcpu *other;
	unsigned long i;

	kvm_for_each_vcpu(i, other, vcpu->kvm) {
		if (vm_wide || other == vcpu)
			kvm_exit_stats_add(other, first, last, &sum);
		/* A guest may have thousands of vCPUs and ask for totals all day. */
		cond_resched();
	}

	regs[0] = lower_32_bits(sum.exits);
	regs[1] = upper_32_bits(sum.cycles);
	regs[2] = lower_32_bits(sum.cycles);
	regs[3] = upper_32_bits(sum.exits);
}

/* The answer to a map's sub-leaf: which codes from @first on have occurred. */
static void kvm_exit_stats_answer_map(struct kvm_vcpu *vcpu, bool vm_wide,
				      u32 first, u32 regs[4])
{
	struct kvm_vcpu *other;
	unsigned long i;

	memset(regs, 0, 4 * sizeof(*regs));
	kvm_for_each_vcpu(i, other, vcpu->kvm) {
		if (vm_wide || other == vcpu)
			kvm_exit_stats_map(other, first, regs);
		cond_resched();
	}
}

/* Answer @index, any value, with EAX, EBX, ECX, EDX in @regs. */
static void kvm_exit_stats_answer(struct kvm_vcpu *vcpu, u32 index, u32 regs[4])
{
	const bool vm_wide = !(index & KVM_EXIT_STATS_THIS_VCPU);
	const u32 nr_codes = kvm_exit_stats_nr_codes;
	const u32 nr_maps = DIV_ROUND_UP(nr_codes, KVM_EXIT_STATS_MAP_CODES);
	const u64 epoch = vcpu->kvm->arch.exit_stats_epoch;
	u32 n = index & KVM_EXIT_STATS_INDEX_MASK;

	switch (index) {
	case KVM_EXIT_STATS_IDENTITY:
		regs[0] = KVM_EXIT_STATS_REVISION;
		regs[1] = KVM_EXIT_STATS_SIGNATURE_EBX;
		regs[2] = KVM_EXIT_STATS_SIGNATURE_ECX;
		regs[3] = KVM_EXIT_STATS_SIGNATURE_EDX;
		return;
	case KVM_EXIT_STATS_GEOMETRY:
		regs[0] = nr_codes - 1;
		regs[1] = kvm_exit_stats_isa;
		regs[2] = tsc_khz;
		regs[3] = KVM_EXIT_STATS_F_CYCLES;
		return;
	case KVM_EXIT_STATS_EPOCH:
		regs[0] = lower_32_bits(epoch);
		regs[1] = vcpu->vcpu_id;
		regs[2] = atomic_read(&vcpu->kvm->online_vcpus);
		regs[3] = upper_32_bits(epoch);
		return;
	case KVM_EXIT_STATS_TOTALS:
	case KVM_EXIT_STATS_TOTALS | KVM_EXIT_STATS_THIS_VCPU:
		kvm_exit_stats_answer_sum(vcpu, vm_wide, 0, nr_codes, regs);
		return;
	}

	switch (index & KVM_EXIT_STATS_CLASS_MASK) {
	case KVM_EXIT_STATS_REASON:
		if (n == KVM_EXIT_STATS_CODE_OTHER)
			n = nr_codes;
		else if (n >= nr_codes)
			break;
		/* The guest chose n: no load beyond the table, not even in speculation. */
		n = array_index_nospec(n, nr_codes + 1);
		kvm_exit_stats_answer_sum(vcpu, vm_wide, n, n, regs);
		return;
	case KVM_EXIT_STATS_MAP:
		if (n >= nr_maps && n != KVM_EXIT_STATS_CODE_OTHER / KVM_EXIT_STATS_MAP_CODES)
			break;
		kvm_exit_stats_answer_map(vcpu, vm_wide, n * KVM_EXIT_STATS_MAP_CODES, regs);
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
