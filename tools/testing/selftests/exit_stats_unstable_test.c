// SPDX-License-Identifier: GPL-2.0-only
/*
 * A host whose TSC is unstable: exits are counted, times aren't shown.
 *
 * Such a host is booted with tsc=unstable; elsewhere this fails.
 */
#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define EXITS	16

static u32 wbinvd_code;

static struct {
	u32 features;
	struct stats_record wbinvd, totals;
	struct stats_regs away, buckets;
} seen;

static void guest_code(void)
{
	TIMES(EXITS)
		asm volatile("wbinvd");
	seen.features = guest_query(EXIT_STATS_GEOMETRY).edx;
	seen.wbinvd = guest_record(EXIT_STATS_REASON + wbinvd_code);
	seen.totals = guest_record(EXIT_STATS_TOTALS);
	seen.away = guest_query(EXIT_STATS_AWAY + wbinvd_code);
	seen.buckets = guest_query(EXIT_STATS_BUCKETS + wbinvd_code);
	GUEST_SYNC(0);
}

int main(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	struct ucall uc;
	u32 level;

	wbinvd_code = stats_vmx() ? EXIT_REASON_WBINVD : SVM_EXIT_WBINVD;

	stats_begin();
	for (level = 1; level <= 2; level++) {
		stats_set_level(level);
		vm = stats_vm_create(1, 0, guest_code, &vcpu);
		sync_global_to_guest(vm, wbinvd_code);
		TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
		sync_global_from_guest(vm, seen);
		kvm_vm_free(vm);
		stats_note("level %u: features %#x, cycles %lu of %lu", level, seen.features,
			   (unsigned long)seen.wbinvd.cycles, (unsigned long)seen.totals.cycles);
		stats_result(!seen.features, "level %u: no feature bit says that times are there",
			     level);
		stats_result(seen.wbinvd.exits == EXITS && seen.totals.exits > EXITS,
			     "level %u: exits are counted", level);
		stats_result(!seen.wbinvd.cycles && !seen.totals.cycles, "level %u: no cycles",
			     level);
		stats_result(stats_is_undefined(seen.away) && stats_is_undefined(seen.buckets),
			     "level %u: time away and buckets are undefined", level);
	}
	stats_set_level(1);
	stats_end();
}
