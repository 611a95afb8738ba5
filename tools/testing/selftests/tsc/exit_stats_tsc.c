// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets the TSC of the CPU that writes the parameter, forwards or back.  Only for an
 * emulated host: it does what a resume, or the migration of the host, does to KVM.
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include <asm/msr.h>

static int add_set(const char *val, const struct kernel_param *kp)
{
	unsigned long flags;
	long long cycles;
	int ret;

	ret = kstrtoll(val, 0, &cycles);
	if (ret)
		return ret;
	local_irq_save(flags);
	wrmsrl(MSR_IA32_TSC, rdtsc() + cycles);
	local_irq_restore(flags);
	return 0;
}

static const struct kernel_param_ops add_ops = {
	.set = add_set,
};

module_param_cb(add, &add_ops, NULL, 0200);
MODULE_PARM_DESC(add, "Cycles to add to the TSC of this CPU, negative to set it back");
MODULE_DESCRIPTION("Sets the TSC, to test KVM's exit statistics");
MODULE_LICENSE("GPL");
