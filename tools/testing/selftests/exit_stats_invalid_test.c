// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VMX host without unrestricted guests can't enter a guest whose segments are invalid
 * (SDM vol. 3, 27.3.1.2).  KVM executes its instructions, as long as they are, and makes
 * up an exit each time it would have entered: it is counted, and so is its time away.
 */
#include "exit_stats_lib.h"
#include "vmx.h"

#define NAME	"exits that KVM makes up"
/* What passes while the VMM waits for a guest that KVM can't enter. */
#define WAIT	BIT_ULL(22)
#define WAITS	4

static struct {
	struct stats_record made_up, away;
	u64 absences;
} seen;

static void guest_code(void)
{
	const u32 own = EXIT_STATS_THIS_VCPU | EXIT_REASON_INVALID_STATE;
	const u16 data = 0x10;
	u32 p;

	TIMES(WAITS)
		guest_outl(STATS_WAIT_PORT, WAIT / STATS_WAIT_UNIT);
	asm volatile("mov %0, %%ds" : : "r"(data) : "memory");

	seen.made_up = guest_record(EXIT_STATS_REASON + own);
	seen.away = guest_record(EXIT_STATS_AWAY + own);
	for (p = 0; p < EXIT_STATS_NR_BUCKETS / 2; p++) {
		struct stats_record r;

		r = guest_record(EXIT_STATS_BUCKETS + (p << EXIT_STATS_PAIR_SHIFT) + own);
		seen.absences += r.exits + r.cycles;
	}
	GUEST_SYNC(0);
}

int main(void)
{
	struct kvm_sregs sregs;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	struct ucall uc;

	stats_begin();
	if (!stats_vmx() || stats_vendor_param("unrestricted_guest")) {
		stats_skip(NAME, "KVM enters a guest in any state");
		stats_end();
	}
	stats_set_level(2);
	vm = stats_vm_create(1, 0, guest_code, &vcpu);
	vcpu_sregs_get(vcpu, &sregs);
	TEST_ASSERT(sregs.ds.selector == 0x10, "DS is %#x", sregs.ds.selector);
	/* A descriptor of the system is no data segment. */
	sregs.ds.s = 0;
	vcpu_sregs_set(vcpu, &sregs);
	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
	sync_global_from_guest(vm, seen);
	stats_note("%lu exits, %lu handled; %lu absences, %lu away",
		   (unsigned long)seen.made_up.exits, (unsigned long)seen.made_up.cycles,
		   (unsigned long)seen.absences, (unsigned long)seen.away.cycles);
	/* One before each wait, one after the last, and one each time another task is due. */
	stats_result(seen.made_up.exits > WAITS && seen.made_up.exits <= 2 * (WAITS + 1) &&
		     stats_sum_is_exact(vcpu), NAME " are counted");
	stats_result(seen.absences == seen.made_up.exits, NAME ": each has its time away");
	stats_result(seen.away.cycles >= WAITS * WAIT, NAME ": what KVM doesn't enter in is away");
	kvm_vm_free(vm);
	stats_set_level(1);
	stats_end();
}
