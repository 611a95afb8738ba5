// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the keys of SVM's exits.  SVM has codes of its own for each
 * control register, debug register and exception: those need none.
 *
 * Registers of an SEV-ES guest, which KVM can't read, are never asked for: its MSR
 * accesses, CPUIDs and so on are all VMGEXITs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "exit_keys.h"
#include "kvm_cache_regs.h"
#include "svm.h"

#define APIC_OFFSET		0xff0

/* One bit for each size, which is the number of bytes; the port is in 31:16. */
static u64 svm_exit_key_io(u32 info)
{
	u64 key = info >> 16;

	key |= (u64)((info & SVM_IOIO_SIZE_MASK) >> SVM_IOIO_SIZE_SHIFT) << 16;
	if (info & SVM_IOIO_TYPE_MASK)
		key |= BIT(19);
	if (info & SVM_IOIO_STR_MASK)
		key |= BIT(20);
	return key;
}

/**
 * svm_exit_key - find the key of an exit and note it
 * @vcpu: the vCPU that exited
 * @code: exit code
 *
 * Context: the thread of @vcpu, before anything is handled.
 */
void svm_exit_key(struct kvm_vcpu *vcpu, u32 code)
{
	const struct vmcb_control_area *control = &to_svm(vcpu)->vmcb->control;
	u64 key;

	switch (code) {
	case SVM_EXIT_MSR:
		key = (u32)kvm_rcx_read(vcpu) | (control->exit_info_1 & 1) << 32;
		break;
	case SVM_EXIT_CPUID:
		key = kvm_exit_keys_leaf(kvm_rax_read(vcpu));
		break;
	case SVM_EXIT_VMMCALL:
		key = (u32)kvm_rax_read(vcpu);
		break;
	case SVM_EXIT_IOIO:
		key = svm_exit_key_io(control->exit_info_1);
		break;
	case SVM_EXIT_NPF:
		kvm_exit_keys_fault(vcpu, code, control->exit_info_2,
				    control->exit_info_1 & PFERR_RSVD_MASK);
		return;
	case SVM_EXIT_AVIC_UNACCELERATED_ACCESS:
		key = control->exit_info_1 & APIC_OFFSET;
		break;
	default:
		kvm_exit_keys_none(vcpu);
		return;
	}
	kvm_exit_keys_begin(vcpu, code, key);
}
