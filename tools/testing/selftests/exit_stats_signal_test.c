// SPDX-License-Identifier: GPL-2.0-only
/*
 * A query for a VM of many vCPUs stops for a signal to the VMM, and the guest never
 * notices: it executes CPUID again, and gets the whole answer.
 */
#include <signal.h>
#include <sys/time.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define NR_VCPUS	256
#define QUERIES		2000
/* Exits of the first vCPU and of the last one. */
#define FIRST		16
#define LAST		23
#define ROUNDS		50

static u32 cpuid_code, wbinvd_code;

static struct {
	u64 wrong;
	struct stats_record last_wrong;
	u64 cpuids;
} seen;

static void guest_first(void)
{
	struct stats_record r;

	TIMES(FIRST)
		asm volatile("wbinvd");
	for (;;) {
		seen.cpuids = guest_own_exits(cpuid_code);
		TIMES(QUERIES) {
			r = guest_record(EXIT_STATS_REASON + wbinvd_code);
			if (r.exits == FIRST + LAST)
				continue;
			seen.wrong++;
			seen.last_wrong = r;
		}
		/* One of these CPUIDs is counted in the second number. */
		seen.cpuids = guest_own_exits(cpuid_code) - seen.cpuids - 1;
		GUEST_SYNC(0);
	}
}

static void guest_last(void)
{
	TIMES(LAST)
		asm volatile("wbinvd");
	GUEST_SYNC(0);
}

static void guest_code(u32 is_last)
{
	if (is_last)
		guest_last();
	else
		guest_first();
}

static void run(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static void on_signal(int signal)
{
}

static void signal_every(suseconds_t us)
{
	const struct itimerval each = { { 0, us }, { 0, us } };

	TEST_ASSERT(!setitimer(ITIMER_REAL, &each, NULL), "setitimer failed");
}

int main(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	static struct kvm_vcpu *vcpus[NR_VCPUS];
	s64 again = 0;
	u64 quiet;
	struct kvm_vm *vm;
	u32 i;

	cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	wbinvd_code = stats_vmx() ? EXIT_REASON_WBINVD : SVM_EXIT_WBINVD;

	stats_begin();
	vm = stats_vm_create(NR_VCPUS, 0, guest_code, vcpus);
	sync_global_to_guest(vm, cpuid_code);
	sync_global_to_guest(vm, wbinvd_code);
	vcpu_args_set(vcpus[0], 1, 0ull);
	vcpu_args_set(vcpus[NR_VCPUS - 1], 1, 1ull);
	run(vcpus[NR_VCPUS - 1]);

	run(vcpus[0]);
	sync_global_from_guest(vm, seen);
	quiet = seen.cpuids;
	stats_result(quiet == QUERIES, "without signals, each of %u queries is one exit",
		     QUERIES);

	sigaction(SIGALRM, &action, NULL);
	signal_every(1000);
	for (i = 0; i < ROUNDS && again <= 0; i++) {
		run(vcpus[0]);
		sync_global_from_guest(vm, seen);
		again = seen.cpuids - QUERIES;
	}
	signal_every(0);
	if (seen.wrong)
		stats_note("%lu wrong, the last one %lu", (unsigned long)seen.wrong,
			   (unsigned long)seen.last_wrong.exits);
	stats_note("in %u times %u queries, %ld began again", i, QUERIES, (long)again);
	stats_result(again > 0, "signals have queries begin again");
	stats_result(!seen.wrong, "and each answer is the whole VM's");
	kvm_vm_free(vm);
	stats_end();
}
