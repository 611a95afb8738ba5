// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's exit statistics account for a vCPU's whole life: what passes between two
 * moments is time away, under some exit code, or time in the guest.
 *
 * How long the guest's own instructions take is told by the same instructions
 * in the VMM.  VM entry and VM exit themselves are neither; a guest that does
 * nothing but exit shows how much they take.
 */
#include <limits.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define LIVES		10
#define ROUNDS		10
#define SPINS		100000
#define PIECES		10
#define SLEEP_US	50000
#define ATTEMPTS	25

/* What the VMM has the guest do. */
enum { EXIT, EXIT_AND_SPIN, WAIT, DONE };

static u32 todo, cpuid_code, io_code;

static struct {
	u64 passed, away, io_away;
	bool quiet;
} seen;

static struct stats_table exits;

/* The codes that have occurred, but for CPUID's. */
static u32 other_codes[STATS_MAX_CODES + 1], nr_other_codes;

/* Two instructions each. */
static void spin(u64 n)
{
	asm volatile("1: dec %0\n\tjnz 1b" : "+r"(n) : : "cc");
}

static u64 guest_away_of(u32 code)
{
	return guest_record(EXIT_STATS_THIS_VCPU | (EXIT_STATS_AWAY + code)).cycles;
}

static void guest_find_others(void)
{
	u32 i, code;

	guest_read_table(&exits, EXIT_STATS_THIS_VCPU);
	nr_other_codes = 0;
	for (i = 0; i <= exits.nr; i++) {
		code = stats_code_of(&exits, i);
		if (exits.record[i].exits && code != cpuid_code)
			other_codes[nr_other_codes++] = code;
	}
}

static u64 guest_away_of_others(void)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < nr_other_codes; i++)
		sum += guest_away_of(other_codes[i]);
	return sum;
}

/*
 * The time away up to a moment, and that moment.  To ask takes CPUIDs, so that
 * CPUID's own record comes last; the one that asks for it began after the moment.
 * What the host causes meanwhile has it done again.
 */
static u64 guest_away(u64 *now)
{
	u64 others, away;
	int i;

	seen.quiet = false;
	for (i = 0; i < ATTEMPTS && !seen.quiet; i++) {
		others = guest_away_of_others();
		*now = rdtsc();
		away = others + guest_away_of(cpuid_code);
		seen.quiet = guest_away_of_others() == others;
	}
	return away;
}

static void guest_live(u32 what)
{
	u64 start, end, away, io_away, i;

	/* Which codes there are; none comes new below. */
	guest_inb(STATS_PIO_PORT);
	guest_find_others();

	io_away = guest_away_of(io_code);
	away = guest_away(&start);
	if (what == WAIT)
		GUEST_SYNC(WAIT);
	for (i = 0; i < ROUNDS && what != WAIT; i++) {
		guest_query(EXIT_STATS_IDENTITY);
		if (what == EXIT_AND_SPIN)
			spin(SPINS);
		guest_inb(STATS_PIO_PORT);
	}
	seen.away = guest_away(&end) - away;
	seen.io_away = guest_away_of(io_code) - io_away;
	seen.passed = end - start;
}

static void guest_main(void)
{
	exits.nr = guest_nr_codes();
	GUEST_ASSERT(exits.nr <= STATS_MAX_CODES);
	for (;;) {
		guest_live(todo);
		GUEST_SYNC(DONE);
	}
}

/* Returns for how many cycles the VMM let the guest wait. */
static u64 live(struct kvm_vcpu *vcpu, u32 what)
{
	u64 start, waited = 0;
	struct ucall uc;

	todo = what;
	sync_global_to_guest(vcpu->vm, todo);
	while (stats_run(vcpu, &uc) == UCALL_SYNC && uc.args[1] != DONE) {
		start = rdtsc();
		usleep(SLEEP_US);
		waited += rdtsc() - start;
	}
	sync_global_from_guest(vcpu->vm, seen);
	return waited;
}

/*
 * Cycles that are not time away in a round, if nothing interrupts the machine:
 * on an emulator, something that neither guest nor host knows of may.
 */
static long rest_of_round(struct kvm_vcpu *vcpu, u32 what, const char *name)
{
	bool quiet = true, fits = true;
	long rest, least = LONG_MAX;
	int i;

	for (i = 0; i < LIVES; i++) {
		live(vcpu, what);
		quiet &= seen.quiet;
		fits &= seen.away < seen.passed;
		rest = (long)(seen.passed - seen.away) / ROUNDS;
		if (rest < least)
			least = rest;
	}
	stats_note("%s: %lu cycles passed, %lu away; least besides, a round: %ld", name,
		   (unsigned long)seen.passed, (unsigned long)seen.away, least);
	stats_result(quiet && fits, "%s: less time away than passes", name);
	return least;
}

/* Likewise, for the guest's instructions in the VMM, which interrupts reach too. */
static u64 spin_here(void)
{
	u64 start, took, least = ~0ull;
	int i;

	for (i = 0; i < LIVES * ROUNDS; i++) {
		start = rdtsc();
		spin(SPINS / PIECES);
		took = rdtsc() - start;
		if (took < least)
			least = took;
	}
	return least * PIECES;
}

static bool differ_by_permille(long a, long b)
{
	return labs(a - b) <= b / 1000;
}

/*
 * Where the TSC doesn't count instructions, the same ones don't always take the
 * same time, and the machine may be an emulator that others share.
 */
static bool is_the_same(long a, long b, bool tsc_counts_instructions)
{
	if (tsc_counts_instructions)
		return differ_by_permille(a, b);
	return a >= b / 2 && a <= b * 2;
}

int main(void)
{
	const char *name = "a guest that does nothing but exit is away nearly always";
	long rest, rest_spinning, here;
	bool tsc_counts_instructions;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	u64 waited;

	cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	io_code = stats_vmx() ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO;

	stats_begin();
	stats_set_level(2);
	vm = stats_vm_create(1, 0, guest_main, &vcpu);
	sync_global_to_guest(vm, cpuid_code);
	sync_global_to_guest(vm, io_code);

	here = spin_here();
	tsc_counts_instructions = differ_by_permille(here, 2 * SPINS);

	rest = rest_of_round(vcpu, EXIT, "exits alone");
	/* Elsewhere VM entry and VM exit take their time. */
	if (tsc_counts_instructions)
		stats_result(seen.away > seen.passed / 10 * 9, "%s", name);
	else
		stats_skip(name, "the TSC doesn't count instructions");

	rest_spinning = rest_of_round(vcpu, EXIT_AND_SPIN, "exits and instructions");
	stats_note("%u instructions: %ld cycles in the VMM, %ld besides time away", 2 * SPINS, here,
		   rest_spinning - rest);
	stats_result(is_the_same(rest_spinning - rest, here, tsc_counts_instructions),
		     "time away and what the guest's instructions take is all that passes");

	waited = live(vcpu, WAIT);
	stats_note("the VMM waits %lu cycles: %lu passed, %lu away, %lu of it for port accesses",
		   (unsigned long)waited, (unsigned long)seen.passed,
		   (unsigned long)seen.away, (unsigned long)seen.io_away);
	stats_result(seen.away < seen.passed && seen.io_away > waited,
		     "what the VMM waits is time away, of the exit that it handles");

	kvm_vm_free(vm);
	stats_end();
}
