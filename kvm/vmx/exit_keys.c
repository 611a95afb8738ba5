// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the keys of VMX's exits.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "exit_keys.h"
#include "kvm_cache_regs.h"
#include "vmx.h"

/* Exit qualification, SDM vol. 3, "Information for VM Exits Due to ..." */
#define QUAL_IO			0x0000001f	/* bytes - 1, IN, string; 31:16 port */
#define QUAL_CR			0x0000003f	/* register, access */
#define QUAL_DR			0x00000017	/* register, direction */
#define QUAL_APIC_OFFSET	0x00000fff
#define QUAL_EOI_VECTOR		0x000000ff

/* The key of an exit whose qualification has it. */
static u64 vmx_exit_key_qual(u32 code, u32 qual)
{
	switch (code) {
	case EXIT_REASON_IO_INSTRUCTION:
		return ((qual & QUAL_IO) + 1) << 16 | qual >> 16;
	case EXIT_REASON_CR_ACCESS:
		return qual & QUAL_CR;
	case EXIT_REASON_DR_ACCESS:
		return qual & QUAL_DR;
	case EXIT_REASON_APIC_ACCESS:
	case EXIT_REASON_APIC_WRITE:
		return qual & QUAL_APIC_OFFSET;
	case EXIT_REASON_EOI_INDUCED:
		return qual & QUAL_EOI_VECTOR;
	}
	/* The MSR of RDMSR and WRMSR with an immediate operand */
	return qual;
}

/**
 * vmx_exit_key - find the key of an exit and note it
 * @vcpu: the vCPU that exited
 * @code: basic exit reason
 *
 * What KVM caches of the VMCS the handler doesn't read again.
 *
 * Context: the thread of @vcpu, before anything is handled.
 */
void vmx_exit_key(struct kvm_vcpu *vcpu, u32 code)
{
	u64 key;

	switch (code) {
	case EXIT_REASON_MSR_READ:
	case EXIT_REASON_MSR_WRITE:
		key = (u32)kvm_rcx_read(vcpu);
		break;
	case EXIT_REASON_CPUID:
		key = kvm_exit_keys_leaf(kvm_rax_read(vcpu));
		break;
	case EXIT_REASON_VMCALL:
		key = (u32)kvm_rax_read(vcpu);
		break;
	case EXIT_REASON_IO_INSTRUCTION:
	case EXIT_REASON_CR_ACCESS:
	case EXIT_REASON_DR_ACCESS:
	case EXIT_REASON_APIC_ACCESS:
	case EXIT_REASON_APIC_WRITE:
	case EXIT_REASON_EOI_INDUCED:
#ifdef EXIT_REASON_MSR_READ_IMM
	case EXIT_REASON_MSR_READ_IMM:
	case EXIT_REASON_MSR_WRITE_IMM:
#endif
		key = vmx_exit_key_qual(code, vmx_get_exit_qual(vcpu));
		break;
	case EXIT_REASON_EXTERNAL_INTERRUPT:
	case EXIT_REASON_EXCEPTION_NMI:
		key = vmx_get_intr_info(vcpu) & INTR_INFO_VECTOR_MASK;
		break;
	case EXIT_REASON_EPT_MISCONFIG:
	case EXIT_REASON_EPT_VIOLATION:
		kvm_exit_keys_fault(vcpu, code, vmcs_read64(GUEST_PHYSICAL_ADDRESS),
				    code == EXIT_REASON_EPT_MISCONFIG);
		return;
	default:
		kvm_exit_keys_none(vcpu);
		return;
	}
	kvm_exit_keys_begin(vcpu, code, key);
}
