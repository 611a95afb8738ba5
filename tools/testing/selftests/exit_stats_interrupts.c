// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest does with its local APIC to exit, and events that it sends to
 * itself, on VMX and SVM alike.
 */
#include "exit_stats_test.h"
#include "apic.h"

/* An x2APIC id that no vCPU has: nothing is delivered. */
#define NOBODY		0x7full

#define MSR_TSC_DEADLINE	0x6e0

#define APIC_LVT_TIMER		0x320
#define LVT_TSC_DEADLINE	(2ul << 17)
#define LVT_MASKED		BIT(16)

/* Where a vCPU goes on in SMM (SDM vol. 3, "SMRAM"), in an address space of its own. */
#define SMBASE			0x1000000
#define SMRAM_SIZE		0x10000
#define SMRAM_SLOT		(BIT(16) | 1)
#define SMI_HANDLER		0x8000

static bool second_nmi;

/* NMIs and SMIs have no vector: it is ignored. */
static void send_event(u32 delivery_mode, u64 dest)
{
	x2apic_write_reg(APIC_ICR, dest << 32 | APIC_DEST_PHYSICAL | delivery_mode | GUEST_VECTOR);
}

static void guest_irq(struct ex_regs *regs)
{
	x2apic_write_reg(APIC_EOI, 0);
}

static void guest_nmi(struct ex_regs *regs)
{
	if (!second_nmi)
		return;
	second_nmi = false;
	send_event(APIC_DM_NMI, 0);
}

/**
 * interrupts_prepare - give the guest handlers of interrupts, NMIs and SMIs
 * @vcpu: the VM's only vCPU, which hasn't run yet
 */
void interrupts_prepare(struct kvm_vcpu *vcpu)
{
	static const u8 rsm[] = { 0x0f, 0xaa };
	struct kvm_vm *vm = vcpu->vm;

	vm_install_exception_handler(vm, GUEST_VECTOR, guest_irq);
	vm_install_exception_handler(vm, NMI_VECTOR, guest_nmi);
	if (!kvm_has_cap(KVM_CAP_X86_SMM))
		return;
	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, SMBASE, SMRAM_SLOT,
				    SMRAM_SIZE / 4096, 0);
	memcpy(addr_gpa2hva(vm, SMBASE) + SMI_HANDLER, rsm, sizeof(rsm));
	vcpu_set_msr(vcpu, MSR_IA32_SMBASE, SMBASE);
}

void setup_x2apic(void)
{
	x2apic_enable();
}

static void send_ipi(u64 dest)
{
	send_event(APIC_DM_FIXED, dest);
}

/*
 * The interrupt waits until STI's shadow is over: after HLT.  In QEMU, VMRUN keeps the
 * shadow of the STI that KVM has before it, and an STI that comes next has none: so it
 * doesn't come next.  After VMRUN, Bochs looks for a virtual interrupt only when RFLAGS.IF
 * changes, so STI has to come again.
 */
void act_hlt(u32 n)
{
	TIMES(n) {
		send_ipi(0);
		asm volatile("nop; nop; nop; nop; sti; hlt; cli; sti; nop; cli" : : : "memory");
	}
}

/* The interrupt comes as soon as the guest lets it. */
void act_irq_window(u32 n)
{
	TIMES(n) {
		send_ipi(0);
		asm volatile("sti; nop; cli" : : : "memory");
	}
}

void act_icr(u32 n)
{
	TIMES(n)
		send_ipi(NOBODY);
}

void setup_tsc_deadline(void)
{
	x2apic_enable();
	x2apic_write_reg(APIC_LVT_TIMER, LVT_TSC_DEADLINE | LVT_MASKED | GUEST_VECTOR);
}

void act_tsc_deadline(u32 n)
{
	/* Far away: the timer never fires while the test runs. */
	TIMES(n)
		wrmsr(MSR_TSC_DEADLINE, rdtsc() + (1ull << 34));
}

/* It ends with an IRET, which SVM takes an exit for. */
void act_nmi(u32 n)
{
	TIMES(n)
		send_event(APIC_DM_NMI, 0);
}

/* The second comes while the first is handled, and waits for its end. */
void act_nmi_window(u32 n)
{
	TIMES(n) {
		second_nmi = true;
		send_event(APIC_DM_NMI, 0);
	}
}

void act_smi(u32 n)
{
	TIMES(n)
		send_event(APIC_DM_SMI, 0);
}

static void write_cr8(u64 priority)
{
	asm volatile("mov %0, %%cr8" : : "r"(priority) : "memory");
}

/* An interrupt waits for a lower priority of what the guest does, then for STI. */
void act_cr8(u32 n)
{
	TIMES(n) {
		write_cr8(GUEST_VECTOR / 16 + 1);
		send_ipi(0);
		write_cr8(0);
		asm volatile("sti; nop; cli" : : : "memory");
	}
}
