// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: who may read them in a guest.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "exit_stats.h"
#include "kvm_cache_regs.h"

enum {
	GUESTS_ALL,
	GUESTS_ASKED,
	GUESTS_NONE,
};

static const char * const guests_names[] = {
	[GUESTS_ALL] = "all",
	[GUESTS_ASKED] = "asked",
	[GUESTS_NONE] = "none",
};

static int exit_stats_guests __read_mostly = GUESTS_ALL;

static bool exit_stats_user __read_mostly = true;
module_param(exit_stats_user, bool, 0644);
MODULE_PARM_DESC(exit_stats_user,
		 "May a guest's user mode read its exit statistics, or only its kernel (CPL 0)?");

static int kvm_exit_stats_guests_set(const char *val, const struct kernel_param *kp)
{
	const int guests = sysfs_match_string(guests_names, val);

	if (guests < 0)
		return guests;
	WRITE_ONCE(exit_stats_guests, guests);
	return 0;
}

static int kvm_exit_stats_guests_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", guests_names[exit_stats_guests]);
}

static const struct kernel_param_ops kvm_exit_stats_guests_ops = {
	.set = kvm_exit_stats_guests_set,
	.get = kvm_exit_stats_guests_get,
};

module_param_cb(exit_stats_guests, &kvm_exit_stats_guests_ops, NULL, 0644);
MODULE_PARM_DESC(exit_stats_guests,
		 "Guests that may read their exit statistics: all, asked (those whose VMM set KVM_FEATURE_EXIT_STATS), none");

/**
 * kvm_exit_stats_may_show - is there a guest that may read its exit statistics?
 *
 * Return: false if it makes no sense for a VMM to ask for them.
 */
bool kvm_exit_stats_may_show(void)
{
	return READ_ONCE(exit_stats_guests) != GUESTS_NONE;
}

/* KVM doesn't see the privilege level of a guest with encrypted state: it may be user mode. */
static bool kvm_exit_stats_in_kernel(struct kvm_vcpu *vcpu)
{
	return !vcpu->arch.guest_state_protected && !static_call(kvm_x86_get_cpl)(vcpu);
}

/**
 * kvm_exit_stats_shown - may the guest see our leaves, now?
 * @vcpu: the vCPU that executes CPUID, of one of them or of a leaf past them
 *
 * Return: false if the host's administrator doesn't want it, or if the VMM has an entry
 * of its own for any sub-leaf of any of them: it decides.
 */
bool kvm_exit_stats_shown(struct kvm_vcpu *vcpu)
{
	const int guests = READ_ONCE(exit_stats_guests);
	int i;

	if ((u32)kvm_rax_read(vcpu) > EXIT_STATS_LEAF || guests == GUESTS_NONE)
		return false;
	/* Not guest_pv_has(), which has all features unless the VMM enforces its choice. */
	if (guests == GUESTS_ASKED &&
	    !(vcpu->arch.pv_cpuid.features & BIT(KVM_FEATURE_EXIT_STATS)))
		return false;
	if (!READ_ONCE(exit_stats_user) && !kvm_exit_stats_in_kernel(vcpu))
		return false;

	for (i = 0; i < vcpu->arch.cpuid_nent; i++) {
		const u32 entry = vcpu->arch.cpuid_entries[i].function;

		if (entry >= EXIT_STATS_LEAF_FIRST && entry <= EXIT_STATS_LEAF)
			return false;
	}
	return true;
}
