// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's exit statistics count the host's interrupts while a guest's own guest runs,
 * as many as KVM's "irq_exits".
 */
#include "exit_stats_nested.h"
#include "svm_util.h"
#include "vmx.h"

/* As many interrupts, and no more rounds of L2 than that to get them. */
#define INTERRUPTS	5
#define ROUNDS		50
#define ATTEMPTS	25

static u32 irq_code;
static bool on_vmx;

static struct {
	u64 while_l2_ran, total;
} seen;

static void guest_main(void)
{
	u64 before;
	u32 i;

	if (on_vmx) {
		setup_vmxon();
		setup_l2_spin();
	} else {
		setup_svm_l2_spin();
	}
	for (i = 0; i < ROUNDS && seen.while_l2_ran < INTERRUPTS; i++) {
		before = guest_own_exits(irq_code);
		if (on_vmx)
			act_l2_spin(1);
		else
			act_svm_l2_spin(1);
		seen.while_l2_ran += guest_own_exits(irq_code) - before;
	}
	for (;;) {
		seen.total = guest_own_exits(irq_code);
		GUEST_SYNC(0);
	}
}

int main(void)
{
	const char *name = "the host's interrupts of a nested guest are KVM's irq_exits";
	const char *seen_name =
		"the host's interrupts of a nested guest are seen by its hypervisor";
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	struct ucall uc;
	u64 irq_exits;
	int i;

	stats_begin();
	if (!stats_vendor_param("nested")) {
		stats_skip(name, "needs nested=1");
		stats_end();
	}
	on_vmx = stats_vmx();
	irq_code = on_vmx ? EXIT_REASON_EXTERNAL_INTERRUPT : SVM_EXIT_INTR;
	vm = stats_vm_create(1, 0, guest_main, &vcpu);
	nested_prepare(vcpu);
	sync_global_to_guest(vm, on_vmx);
	sync_global_to_guest(vm, irq_code);

	/* One may come between the guest's reading and its stop. */
	for (i = 0; i < ATTEMPTS; i++) {
		TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
		sync_global_from_guest(vm, seen);
		stats_binary(vcpu, "irq_exits", &irq_exits, 1);
		if (seen.total == irq_exits)
			break;
	}
	stats_note("%lu interrupts, %lu of them while L2 ran; irq_exits %lu",
		   (unsigned long)seen.total, (unsigned long)seen.while_l2_ran,
		   (unsigned long)irq_exits);
	stats_result(seen.total == irq_exits, "%s", name);
	/* Bochs' timers are late while a guest spins. */
	if (irq_exits < INTERRUPTS)
		stats_skip(seen_name, "the host didn't interrupt it");
	else
		stats_result(seen.while_l2_ran >= INTERRUPTS, "%s", seen_name);
	kvm_vm_free(vm);
	stats_end();
}
