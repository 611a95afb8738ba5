// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvm_exits: a PMU for guests, which counts their own VM exits by task, CPU and
 * cgroup.  docs/perf.md is for its users, docs/abi.md has the leaf that it reads.
 *
 * An event is the growth, while it runs, of a record of the vCPU that it runs on.
 * Each query is an exit itself: queries are counted, and taken off.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitfield.h>
#include <linux/ctype.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/perf_event.h>

#include <asm/cpu_device_id.h>
#include <asm/kvm_exit_stats.h>
#include <asm/processor.h>
#include <uapi/asm/kvm.h>
#include <uapi/asm/svm.h>
#include <uapi/asm/vmx.h>

/* Headers before Linux 6.16 lack it. */
#ifndef SVM_EXIT_IDLE_HLT
#define SVM_EXIT_IDLE_HLT	0x0a6
#endif

#define CONFIG_CODE		GENMASK_ULL(16, 0)
#define CONFIG_WHAT		GENMASK_ULL(25, 24)
/* A key that isn't 0 needs no bit. */
#define CONFIG1_KEY		GENMASK_ULL(47, 0)
#define CONFIG1_KEYED		BIT_ULL(48)

/* Codes that the leaf doesn't have. */
enum { CODE_TOTAL = EXIT_STATS_CODE_OTHER + 1, CODE_NOT_IDLE };

enum { WHAT_EXITS, WHAT_HANDLED, WHAT_AWAY, NR_WHATS };

struct reason {
	u64 code;
	const char *name;
};

static const struct isa {
	u32 cpuid, hlt, idle_hlt;
	struct reason reasons[128];
} vmx = {
	.cpuid = EXIT_REASON_CPUID,
	.hlt = EXIT_REASON_HLT,
	.reasons = { VMX_EXIT_REASONS },
}, svm = {
	.cpuid = SVM_EXIT_CPUID,
	.hlt = SVM_EXIT_HLT,
	.idle_hlt = SVM_EXIT_IDLE_HLT,
	.reasons = { SVM_EXIT_REASONS },
};

static const struct reason more_reasons[] = {
	{ EXIT_STATS_CODE_OTHER, "other" },
	{ CODE_TOTAL, "total" },
	{ CODE_NOT_IDLE, "not-idle" },
	{}
};

struct regs {
	u32 eax, ebx, ecx, edx;
};

/* What the host told; a migration changes it, but not the ISA. */
static const struct isa *isa;
static struct regs geometry;
static u64 last_epoch;

/* CPUIDs that this module executed on a vCPU, and that the host counted. */
static DEFINE_PER_CPU(u64, queries);

static u64 edx_eax(struct regs r)
{
	return (u64)r.edx << 32 | r.eax;
}

/* Interrupts are off. */
static struct regs query(u32 index)
{
	struct regs r;

	cpuid_count(EXIT_STATS_LEAF, index, &r.eax, &r.ebx, &r.ecx, &r.edx);
	__this_cpu_inc(queries);
	return r;
}

/* Whether the leaf is there; if so, what the host counts. */
static bool probe(void)
{
	unsigned long flags;
	struct regs r;
	bool there;

	local_irq_save(flags);
	r = query(EXIT_STATS_IDENTITY);
	there = r.eax == EXIT_STATS_REVISION && r.ebx == EXIT_STATS_SIGNATURE_EBX &&
		r.ecx == EXIT_STATS_SIGNATURE_ECX && r.edx == EXIT_STATS_SIGNATURE_EDX;
	if (there) {
		geometry = query(EXIT_STATS_GEOMETRY);
		/* In this order: who sees the epoch needs the frequency. */
		smp_store_release(&last_epoch, edx_eax(query(EXIT_STATS_EPOCH)));
	} else {
		__this_cpu_dec(queries);
	}
	local_irq_restore(flags);
	return there;
}

/* What this vCPU counts there; queries are taken off, if they are in it. */
static u64 record(u32 index, u32 what, bool has_queries)
{
	struct regs r;
	u64 own;

	/* An NMI may come in between, and read events too. */
	do {
		own = __this_cpu_read(queries);
		r = query(index | EXIT_STATS_THIS_VCPU);
	} while (__this_cpu_read(queries) != own + 1);

	if (what != WHAT_EXITS)
		/* Whatever is answered without the leaf must not be too large to divide. */
		return mul_u64_u32_div((u64)r.ebx << 32 | r.ecx, NSEC_PER_MSEC,
				       geometry.ecx ?: 1);
	return edx_eax(r) - (has_queries ? own : 0);
}

static u64 code_value(u32 code, u32 what)
{
	u32 index = (what == WHAT_AWAY ? EXIT_STATS_AWAY : EXIT_STATS_REASON) + code;

	return record(code == CODE_TOTAL ? EXIT_STATS_TOTALS : index, what,
		      code == CODE_TOTAL || code == isa->cpuid);
}

/* 0 until the vCPU has an exit with the key. */
static u64 key_value(u32 code, u32 what, u64 key)
{
	const u32 class = what == WHAT_AWAY ? EXIT_STATS_KEY_AWAY : EXIT_STATS_KEY_RECORD;
	const u32 home = EXIT_STATS_KEY_HOME(code, key);
	u32 i, place;
	struct regs r;

	for (i = 0; i < EXIT_STATS_KEY_PROBES; i++) {
		place = (home + i) % EXIT_STATS_NR_KEYS;
		r = query((EXIT_STATS_KEY + place) | EXIT_STATS_THIS_VCPU);
		if (r.ebx == code && edx_eax(r) == key)
			return record(class + place, what,
				      code == isa->cpuid && key == EXIT_STATS_LEAF);
		/* Behind a free place there is none. */
		if (!r.ebx && !edx_eax(r))
			break;
	}
	return 0;
}

static u64 value(const struct perf_event *event)
{
	const u32 code = FIELD_GET(CONFIG_CODE, event->attr.config);
	const u32 what = FIELD_GET(CONFIG_WHAT, event->attr.config);

	if (event->attr.config1)
		return key_value(code, what, FIELD_GET(CONFIG1_KEY, event->attr.config1));
	if (code != CODE_NOT_IDLE)
		return code_value(code, what);
	return code_value(CODE_TOTAL, what) - code_value(isa->hlt, what) -
	       (isa->idle_hlt ? code_value(isa->idle_hlt, what) : 0);
}

/*
 * What an event counts, on this vCPU until now; returns the epoch, or 0 without the leaf.
 * Then any answer is possible but the epoch's 64 random bits, which are asked last.
 */
static u64 sample(const struct perf_event *event, u64 *now)
{
	u64 first = __this_cpu_read(queries), known;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		/* Pairs with probe()'s. */
		known = smp_load_acquire(&last_epoch);
		*now = value(event);
		if (known && edx_eax(query(EXIT_STATS_EPOCH)) == known)
			return known;
		if (!probe())
			break;
	}

	/* The host didn't count these.  Whoever finds the leaf again asks for all anew. */
	__this_cpu_write(queries, first);
	WRITE_ONCE(last_epoch, 0);
	return 0;
}

static void kvm_exits_read(struct perf_event *event)
{
	struct hw_perf_event *hwc = &event->hw;
	unsigned long flags;
	u64 prev, now, epoch;
	s64 delta;

	/* Some kernels read a group with interrupts on. */
	local_irq_save(flags);
	epoch = sample(event, &now);
	if (epoch && epoch == hwc->last_tag) {
		/*
		 * Not backwards: an NMI may have read it since, and of queries while the
		 * leaf was switched it isn't known whether the host counted them.
		 */
		do {
			prev = local64_read(&hwc->prev_count);
			delta = now - prev;
		} while (delta > 0 && local64_cmpxchg(&hwc->prev_count, prev, now) != prev);
		if (delta > 0)
			local64_add(delta, &event->count);
	} else if (epoch) {
		/* Started just now, or migrated: what was before isn't known. */
		hwc->last_tag = epoch;
		local64_set(&hwc->prev_count, now);
	}
	local_irq_restore(flags);
}

static void kvm_exits_start(struct perf_event *event, int flags)
{
	event->hw.last_tag = 0;
	kvm_exits_read(event);
}

static int kvm_exits_add(struct perf_event *event, int flags)
{
	if (flags & PERF_EF_START)
		kvm_exits_start(event, flags);
	return 0;
}

static void kvm_exits_stop(struct perf_event *event, int flags)
{
	kvm_exits_read(event);
}

/* Whether the host has this: 0, or an error. */
static int check_event(u32 code, u32 what)
{
	static const u32 needs[] = { 0, EXIT_STATS_F_CYCLES, EXIT_STATS_F_AWAY };

	if ((code > geometry.eax && code < EXIT_STATS_CODE_OTHER) ||
	    code > CODE_NOT_IDLE || what >= NR_WHATS)
		return -EINVAL;
	/* The leaf has no sums of time away, and may not tell how fast the TSC is. */
	if ((what == WHAT_AWAY && code >= CODE_TOTAL) || needs[what] & ~geometry.edx ||
	    (what != WHAT_EXITS && !geometry.ecx))
		return -EOPNOTSUPP;
	return 0;
}

static int kvm_exits_event_init(struct perf_event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	if (attr->type != event->pmu->type)
		return -ENOENT;
	if (attr->config & ~(CONFIG_CODE | CONFIG_WHAT) || attr->config2 ||
	    attr->config1 & ~(CONFIG1_KEY | CONFIG1_KEYED))
		return -EINVAL;

	/*
	 * Exits have no mode.  Whoever may not count the kernel is tried again by perf
	 * with exclude_kernel, and -EACCES is what perf then explains.
	 */
	if (attr->exclude_user || attr->exclude_kernel || attr->exclude_hv ||
	    attr->exclude_idle || attr->exclude_host)
		return perfmon_capable() ? -EINVAL : -EACCES;

	/* A fork doesn't fail because the leaf is off. */
	if (event->parent)
		return 0;
	if (!probe())
		return -EOPNOTSUPP;
	/* Those of the others are many, and have a place of their own. */
	if (FIELD_GET(CONFIG1_KEY, attr->config1) == EXIT_STATS_KEY_OTHERS ||
	    (attr->config1 && FIELD_GET(CONFIG_CODE, attr->config) >= CODE_TOTAL))
		return -EINVAL;
	if (attr->config1 && !(geometry.edx & EXIT_STATS_F_KEYS))
		return -EOPNOTSUPP;
	return check_event(FIELD_GET(CONFIG_CODE, attr->config),
			   FIELD_GET(CONFIG_WHAT, attr->config));
}

PMU_FORMAT_ATTR(code, "config:0-16");
PMU_FORMAT_ATTR(what, "config:24-25");
PMU_FORMAT_ATTR(key, "config1:0-47");
PMU_FORMAT_ATTR(keyed, "config1:48");

static struct attribute *format_attrs[] = {
	&format_attr_code.attr,
	&format_attr_what.attr,
	/* From here on only where the host has keys. */
	&format_attr_key.attr,
	&format_attr_keyed.attr,
	NULL
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attrs,
};

/* The files of a reason.  Times are in ms, as perf prints two digits after the point. */
static const struct {
	u32 what;
	const char *suffix, *content;
} kinds[] = {
	{ WHAT_EXITS, "", "code=0x%x,what=0" },
	{ WHAT_HANDLED, "-handled", "code=0x%x,what=1" },
	{ WHAT_HANDLED, "-handled.unit", "ms" },
	{ WHAT_HANDLED, "-handled.scale", "1e-6" },
	{ WHAT_AWAY, "-away", "code=0x%x,what=2" },
	{ WHAT_AWAY, "-away.unit", "ms" },
	{ WHAT_AWAY, "-away.scale", "1e-6" },
};

#define MAX_FILES ((ARRAY_SIZE(isa->reasons) + ARRAY_SIZE(more_reasons)) * ARRAY_SIZE(kinds))

static struct event_file {
	struct perf_pmu_events_attr attr;
	char name[48], content[24];
} files[MAX_FILES];

static struct attribute *event_attrs[MAX_FILES + 1];

static const struct attribute_group events_group = {
	.name = "events",
	.attrs = event_attrs,
};

static const struct attribute_group *attr_groups[] = {
	&format_group,
	&events_group,
	NULL
};

static struct pmu pmu = {
	.module		= THIS_MODULE,
	.task_ctx_nr	= perf_sw_context,
	.capabilities	= PERF_PMU_CAP_NO_INTERRUPT,
	.attr_groups	= attr_groups,
	.event_init	= kvm_exits_event_init,
	.add		= kvm_exits_add,
	.del		= kvm_exits_stop,
	.start		= kvm_exits_start,
	.stop		= kvm_exits_stop,
	.read		= kvm_exits_read,
};

static unsigned int __init add_files(const struct reason *reason, unsigned int nr)
{
	char *c;
	int i;

	for (; reason->name; reason++) {
		for (i = 0; i < ARRAY_SIZE(kinds); i++) {
			struct event_file *file = &files[nr];

			if (check_event(reason->code, kinds[i].what))
				continue;
			/* Some names have capitals, some a space. */
			snprintf(file->name, sizeof(file->name), "%s%s", reason->name,
				 kinds[i].suffix);
			for (c = file->name; *c; c++)
				*c = *c == ' ' ? '_' : tolower(*c);
			snprintf(file->content, sizeof(file->content), kinds[i].content,
				 (u32)reason->code);
			file->attr.attr.attr.name = file->name;
			file->attr.attr.attr.mode = 0444;
			file->attr.attr.show = perf_event_sysfs_show;
			file->attr.event_str = file->content;
			event_attrs[nr++] = &file->attr.attr.attr;
		}
	}
	return nr;
}

static int __init kvm_exits_init(void)
{
	if (!probe()) {
		pr_info("the host has no exit statistics for this guest (CPUID leaf 0x%x)\n",
			EXIT_STATS_LEAF);
		return -ENODEV;
	}
	isa = geometry.ebx == EXIT_STATS_ISA_VMX ? &vmx : &svm;
	if (!(geometry.edx & EXIT_STATS_F_KEYS))
		format_attrs[2] = NULL;
	add_files(more_reasons, add_files(isa->reasons, 0));
	return perf_pmu_register(&pmu, KBUILD_MODNAME, -1);
}
module_init(kvm_exits_init);

static void __exit kvm_exits_exit(void)
{
	perf_pmu_unregister(&pmu);
}
module_exit(kvm_exits_exit);

static const struct x86_cpu_id __maybe_unused guests[] = {
	X86_MATCH_FEATURE(X86_FEATURE_HYPERVISOR, NULL),
	{}
};
MODULE_DEVICE_TABLE(x86cpu, guests);

MODULE_DESCRIPTION("VM exits of this guest as perf events");
MODULE_LICENSE("GPL");
