// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the keys of VMX's exits.  The exit qualification and the
 * interruption information are KVM's own cached ones: it reads them once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "exit_keys.h"
#include "kvm_cache_regs.h"
#include "vmx.h"
#include "vmx_ops.h"

/* Exit qualification, SDM vol. 3 ch. "Basic VM-exit information" */
#define QUAL_CR			0x0000003f	/* register, access */
#define QUAL_DR			0x00000017	/* register, direction */
#define QUAL_APIC_OFFSET	0x00000fff
#define QUAL_EOI_VECTOR		0x000000ff

/* Bytes - 1, IN, and string; the port is in 31:16. */
static u64 vmx_exit_key_io(u32 qual)
{
	return qual >> 16 | ((qual & 7) + 1) << 16 | (qual & 0x18) << 16;
}

/**
 * vmx_exit_key - find the key of an exit and note it
 * @vcpu: the vCPU that exited
 * @code: basic exit reason
 *
 * Context: the thread of @vcpu, before anything is handled.
 */
void vmx_exit_key(struct kvm_vcpu *vcpu, u32 code)
{
	u64 key = KVM_EXIT_NO_KEY;

	switch (code) {
	case EXIT_REASON_MSR_READ:
	case EXIT_REASON_MSR_WRITE:
		key = (u32)kvm_rcx_read(vcpu);
		break;
#ifdef EXIT_REASON_MSR_READ_IMM
	case EXIT_REASON_MSR_READ_IMM:
	case EXIT_REASON_MSR_WRITE_IMM:
		key = (u32)vmx_get_exit_qual(vcpu);
		break;
#endif
	case EXIT_REASON_CPUID:
		key = kvm_exit_keys_leaf(kvm_rax_read(vcpu));
		break;
	case EXIT_REASON_VMCALL:
		key = (u32)kvm_rax_read(vcpu);
		break;
	case EXIT_REASON_IO_INSTRUCTION:
		key = vmx_exit_key_io(vmx_get_exit_qual(vcpu));
		break;
	case EXIT_REASON_EXTERNAL_INTERRUPT:
	case EXIT_REASON_EXCEPTION_NMI:
		key = vmx_get_intr_info(vcpu) & INTR_INFO_VECTOR_MASK;
		break;
	case EXIT_REASON_EPT_MISCONFIG:
	case EXIT_REASON_EPT_VIOLATION:
		key = kvm_exit_keys_page(vcpu, vmcs_read64(GUEST_PHYSICAL_ADDRESS),
					 code == EXIT_REASON_EPT_MISCONFIG);
		break;
	case EXIT_REASON_CR_ACCESS:
		key = vmx_get_exit_qual(vcpu) & QUAL_CR;
		break;
	case EXIT_REASON_DR_ACCESS:
		key = vmx_get_exit_qual(vcpu) & QUAL_DR;
		break;
	case EXIT_REASON_APIC_ACCESS:
	case EXIT_REASON_APIC_WRITE:
		key = vmx_get_exit_qual(vcpu) & QUAL_APIC_OFFSET;
		break;
	case EXIT_REASON_EOI_INDUCED:
		key = vmx_get_exit_qual(vcpu) & QUAL_EOI_VECTOR;
		break;
	}
	kvm_exit_keys_begin(vcpu, code, key);
}
