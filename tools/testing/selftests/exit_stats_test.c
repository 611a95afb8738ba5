// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's exit statistics are exact.
 *
 * The guest does a known number of each of many things and reads the whole
 * table before and after.  Each code's exits must grow by exactly what that
 * takes, and by nothing for all other codes, but for those that the host
 * causes as it likes: external interrupts, NMIs, SMIs, and the preemption timer
 * that stands for the host's own timers.  While the guest acts there may not
 * even be such: the measurement is repeated until there was none, as one may
 * make the guest execute an instruction again that exited before.
 *
 * Nothing else may come from the host: guest memory is pinned to small pages
 * by the library, and is touched before it counts.
 *
 *	exit_stats_test [LEVEL]		1, or 2 to measure time away too
 */
#include "exit_stats_test.h"
#include "exit_stats_nested.h"
#include "svm_util.h"
#include "vmx.h"

#define NR_TIMES	16
#define ATTEMPTS	25

/* What the VMM has the guest do. */
enum { MEASURE, SUM, TOTAL, AWAY };

static struct {
	u32 what;
	const struct exit_case *c;
	u32 host_codes[3];
	u32 nr_host_codes;
} todo;

/* What the guest has seen of it. */
static struct {
	struct stats_table before, after;
	u64 tsc;
	u32 queries, attempts;
	bool quiet;
	u64 first, sum, last, total;
	struct stats_away {
		u64 longest, total, absences;
	} away[STATS_MAX_CODES + 1];
} seen;

/* VMX counts an NMI as an exception: nothing may send the host one. */
static const u32 vmx_host_codes[] = {
	EXIT_REASON_EXTERNAL_INTERRUPT, EXIT_REASON_PREEMPTION_TIMER,
};

static const u32 svm_host_codes[] = { SVM_EXIT_INTR, SVM_EXIT_NMI, SVM_EXIT_SMI };

/* Exits so far that the host caused; a query for each of its codes. */
static u64 guest_host_exits(void)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < todo.nr_host_codes; i++)
		sum += guest_own_exits(todo.host_codes[i]);
	return sum;
}

static void guest_measure(const struct exit_case *c)
{
	u64 start, host;

	seen.quiet = false;
	if (c->setup)
		c->setup();
	/* Twice, so that what is done only once is done. */
	c->act(2);

	for (seen.attempts = 0; seen.attempts < ATTEMPTS && !seen.quiet; seen.attempts++) {
		start = rdtsc();
		guest_read_table(&seen.before, EXIT_STATS_THIS_VCPU);
		host = guest_host_exits();
		c->act(NR_TIMES);
		seen.quiet = guest_host_exits() == host;
		guest_read_table(&seen.after, EXIT_STATS_THIS_VCPU);
		seen.tsc = rdtsc() - start;
	}
	/* From one reading of any code in the tables to the next. */
	seen.queries = seen.before.nr + 1 + 2 * todo.nr_host_codes;
}

/*
 * Sum what all codes say, between two readings of the totals.  Only CPUID
 * counts meanwhile: of the queries, those are in the sum that came before the
 * one of CPUID's own record.
 */
static void guest_sum(u32 cpuid_code)
{
	const u32 scope = EXIT_STATS_THIS_VCPU;
	u32 queries, seen_queries = 0, i, code;

	guest_read_table(&seen.before, scope);
	for (seen.attempts = 0; seen.attempts < ATTEMPTS; seen.attempts++) {
		seen.first = guest_record(scope | EXIT_STATS_TOTALS).exits;
		queries = 1;
		seen.sum = 0;
		for (i = 0; i <= seen.before.nr; i++) {
			code = stats_code_of(&seen.before, i);
			if (!seen.before.record[i].exits)
				continue;
			if (code == cpuid_code)
				seen_queries = queries;
			seen.sum += guest_own_exits(code);
			queries++;
		}
		seen.last = guest_record(scope | EXIT_STATS_TOTALS).exits;
		seen.quiet = seen.last == seen.first + queries;
		if (seen.quiet)
			break;
	}
	seen.first += seen_queries;
}

/* The time away and all buckets of each code that occurred, between two tables. */
static void guest_read_away(void)
{
	struct stats_record r;
	u32 i, p, index;

	guest_read_table(&seen.before, EXIT_STATS_THIS_VCPU);
	for (i = 0; i <= seen.before.nr; i++) {
		if (!seen.before.record[i].exits)
			continue;
		index = EXIT_STATS_THIS_VCPU | stats_code_of(&seen.before, i);
		r = guest_record(EXIT_STATS_AWAY + index);
		seen.away[i].longest = r.exits;
		seen.away[i].total = r.cycles;
		seen.away[i].absences = 0;
		for (p = 0; p < EXIT_STATS_NR_BUCKETS / 2; p++) {
			r = guest_record(EXIT_STATS_BUCKETS +
					 (p << EXIT_STATS_PAIR_SHIFT) + index);
			seen.away[i].absences += r.exits + r.cycles;
		}
	}
	guest_read_table(&seen.after, EXIT_STATS_THIS_VCPU);
}

static void guest_main(u32 cpuid_code)
{
	const u32 nr = guest_nr_codes();

	GUEST_ASSERT(nr <= STATS_MAX_CODES);
	seen.before.nr = nr;
	seen.after.nr = nr;
	/* Touch what is going to be written while exits are counted. */
	guest_read_table(&seen.before, 0);
	guest_read_table(&seen.after, 0);
	for (;;) {
		switch (todo.what) {
		case MEASURE:
			guest_measure(todo.c);
			break;
		case SUM:
			guest_sum(cpuid_code);
			break;
		case TOTAL:
			seen.total = guest_record(EXIT_STATS_TOTALS).exits;
			break;
		case AWAY:
			guest_read_away();
			break;
		}
		GUEST_SYNC(0);
	}
}

static void run_guest_once(struct kvm_vcpu *vcpu, u32 what, const struct exit_case *c)
{
	struct ucall uc;

	todo.what = what;
	todo.c = c;
	sync_global_to_guest(vcpu->vm, todo);
	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static bool host_causes(u32 code)
{
	int i;

	for (i = 0; i < todo.nr_host_codes; i++)
		if (todo.host_codes[i] == code)
			return true;
	return false;
}

/* EPT violations, nested page faults, or the page faults of shadow paging. */
static bool is_page_fault(u32 code)
{
	if (stats_vmx())
		return code == EXIT_REASON_EPT_VIOLATION;
	return code == (stats_vendor_param("npt") ? SVM_EXIT_NPF : SVM_EXIT_EXCP_BASE + 14);
}

static u32 expected_exits(const struct exit_case *c, u32 code, u32 cpuid_code)
{
	u32 sum = code == cpuid_code ? seen.queries : 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(c->exits); i++)
		if (c->exits[i].times && c->exits[i].code == code)
			sum += c->exits[i].times * NR_TIMES;
	return sum;
}

static void check_case(struct kvm_vcpu *vcpu, const struct exit_case *c, u32 cpuid_code)
{
	u64 grown, cycles, all_cycles = 0;
	bool exact = true, sane = true;
	u32 i, code, expected;

	if (c->why_not) {
		stats_skip(c->name, c->why_not);
		return;
	}
	if (c->begin)
		c->begin(vcpu);
	run_guest_once(vcpu, MEASURE, c);
	if (c->end)
		c->end(vcpu);
	sync_global_from_guest(vcpu->vm, seen);

	for (i = 0; i <= seen.before.nr; i++) {
		code = stats_code_of(&seen.before, i);
		expected = expected_exits(c, code, cpuid_code);
		grown = seen.after.record[i].exits - seen.before.record[i].exits;
		cycles = seen.after.record[i].cycles - seen.before.record[i].cycles;
		all_cycles += cycles;

		if (grown != expected && !host_causes(code) &&
		    !(c->drops_pages && is_page_fault(code))) {
			exact = false;
			stats_note("code %#x %s: %lu exits, expected %u", code,
				   stats_code_name(code), (unsigned long)grown, expected);
		}
		if (!grown != !cycles ||
		    !seen.after.record[i].exits != !seen.after.record[i].cycles) {
			sane = false;
			stats_note("code %#x %s: %lu exits took %lu cycles", code,
				   stats_code_name(code), (unsigned long)grown,
				   (unsigned long)cycles);
		}
	}
	if (all_cycles >= seen.tsc) {
		sane = false;
		stats_note("%lu cycles of exits in %lu cycles", (unsigned long)all_cycles,
			   (unsigned long)seen.tsc);
	}
	if (!seen.quiet)
		stats_note("the host interrupted each of %u attempts", seen.attempts);
	stats_result(exact && seen.quiet && sane, "exact: %s", c->name);
}

static void check_sum(struct kvm_vcpu *vcpu)
{
	run_guest_once(vcpu, SUM, NULL);
	sync_global_from_guest(vcpu->vm, seen);
	if (seen.sum != seen.first)
		stats_note("sum %lu, totals %lu .. %lu", (unsigned long)seen.sum,
			   (unsigned long)seen.first, (unsigned long)seen.last);
	stats_result(seen.quiet && seen.sum == seen.first, "totals are the sum of all codes");
}

/*
 * The guest reads the VM's total and stops: one exit for each.  If its next
 * total is two more then the host caused none in between.
 */
static void check_binary(struct kvm_vcpu *vcpu)
{
	u64 total, binary;
	int i;

	for (i = 0; i < ATTEMPTS; i++) {
		run_guest_once(vcpu, TOTAL, NULL);
		binary = stats_binary_exits(&vcpu, 1);
		sync_global_from_guest(vcpu->vm, seen);
		total = seen.total;
		run_guest_once(vcpu, TOTAL, NULL);
		sync_global_from_guest(vcpu->vm, seen);
		if (seen.total == total + 2)
			break;
	}
	if (binary != total + 2)
		stats_note("total %lu, binary statistics %lu", (unsigned long)total,
			   (unsigned long)binary);
	stats_result(i < ATTEMPTS && binary == total + 2,
		     "the VM's exits are those of KVM's binary statistics, fast path included");
}

/* Each exit began one absence, which lasted at least as long as its handling. */
static void check_away(struct kvm_vcpu *vcpu)
{
	const struct stats_away *a;
	bool counts = true, times = true;
	u32 i;

	run_guest_once(vcpu, AWAY, NULL);
	sync_global_from_guest(vcpu->vm, seen);
	for (i = 0; i <= seen.before.nr; i++) {
		a = &seen.away[i];
		if (!seen.before.record[i].exits)
			continue;
		if (a->absences < seen.before.record[i].exits ||
		    a->absences > seen.after.record[i].exits) {
			counts = false;
			stats_note("code %#x: %lu absences, %lu .. %lu exits",
				   stats_code_of(&seen.before, i), (unsigned long)a->absences,
				   (unsigned long)seen.before.record[i].exits,
				   (unsigned long)seen.after.record[i].exits);
		}
		if (a->total < seen.before.record[i].cycles || a->longest > a->total ||
		    a->longest < a->total / a->absences) {
			times = false;
			stats_note("code %#x: away %lu, longest %lu, handling %lu",
				   stats_code_of(&seen.before, i), (unsigned long)a->total,
				   (unsigned long)a->longest,
				   (unsigned long)seen.before.record[i].cycles);
		}
	}
	stats_result(counts, "a code's buckets add up to its exits");
	stats_result(times, "time away is at least the time of handling, and the longest fits");
}

int main(int argc, char *argv[])
{
	const u32 level = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	const bool vmx = stats_vmx();
	const u32 cpuid_code = vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	const struct exit_case *c;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;

	stats_begin();
	stats_set_level(level);
	vm = stats_vm_create(1, FRESH_PAGES, guest_main, &vcpu);
	vcpu_args_set(vcpu, 1, (u64)cpuid_code);
	vcpu_set_cpuid_feature(vcpu, X86_FEATURE_TSC_DEADLINE_TIMER);
	vcpu_clear_cpuid_feature(vcpu, X86_FEATURE_RDRAND);
	vcpu_clear_cpuid_feature(vcpu, (struct kvm_x86_cpu_feature)
				       KVM_X86_CPU_FEATURE(0x7, 0, EBX, 18)); /* RDSEED */
	actions_prepare(vm);
	interrupts_prepare(vcpu);
	if (stats_vendor_param("nested"))
		nested_prepare(vcpu);
	todo.nr_host_codes = vmx ? ARRAY_SIZE(vmx_host_codes) : ARRAY_SIZE(svm_host_codes);
	memcpy(todo.host_codes, vmx ? vmx_host_codes : svm_host_codes,
	       todo.nr_host_codes * sizeof(u32));

	for (c = vmx ? vmx_cases() : svm_cases(); c->name; c++)
		check_case(vcpu, c, cpuid_code);
	check_sum(vcpu);
	check_binary(vcpu);
	if (level >= 2)
		check_away(vcpu);

	kvm_vm_free(vm);
	stats_end();
}
