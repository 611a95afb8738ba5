// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets the TSC of the CPU that writes the parameter, forwards or back, or that next
 * handles a guest's WBINVD.  Only for an emulated host: it does what a resume, or the
 * migration of the host, does to KVM.
 */
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include <asm/msr.h>

static void add_to_tsc(long long cycles)
{
	unsigned long flags;

	local_irq_save(flags);
	wrmsrl(MSR_IA32_TSC, rdtsc() + cycles);
	local_irq_restore(flags);
}

static int add_set(const char *val, const struct kernel_param *kp)
{
	long long cycles;
	int ret;

	ret = kstrtoll(val, 0, &cycles);
	if (ret)
		return ret;
	add_to_tsc(cycles);
	return 0;
}

static long long add_in_wbinvd;

static int wbinvd_handled(struct kprobe *probe, struct pt_regs *regs)
{
	add_to_tsc(add_in_wbinvd);
	return 0;
}

static struct kprobe wbinvd_probe = {
	.symbol_name = "kvm_emulate_wbinvd",
	.pre_handler = wbinvd_handled,
};

static int in_wbinvd_set(const char *val, const struct kernel_param *kp)
{
	long long cycles;
	int ret;

	ret = kstrtoll(val, 0, &cycles);
	if (ret)
		return ret;
	if (add_in_wbinvd)
		unregister_kprobe(&wbinvd_probe);
	wbinvd_probe.addr = NULL;
	wbinvd_probe.flags = 0;
	add_in_wbinvd = cycles;
	if (!cycles)
		return 0;
	ret = register_kprobe(&wbinvd_probe);
	if (ret)
		add_in_wbinvd = 0;
	return ret;
}

static const struct kernel_param_ops add_ops = {
	.set = add_set,
};

static const struct kernel_param_ops in_wbinvd_ops = {
	.set = in_wbinvd_set,
};

module_param_cb(add, &add_ops, NULL, 0200);
MODULE_PARM_DESC(add, "Cycles to add to the TSC of this CPU, negative to set it back");
module_param_cb(in_wbinvd, &in_wbinvd_ops, NULL, 0200);
MODULE_PARM_DESC(in_wbinvd, "The same in each handler of WBINVD, 0 to stop it");
MODULE_DESCRIPTION("Sets the TSC, to test KVM's exit statistics");
MODULE_LICENSE("GPL");
