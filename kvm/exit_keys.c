// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the keys, which say what the exits of one code were about.
 * exit_keys.h has the part that runs at each exit.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include <asm/tsc.h>

#include "exit_keys.h"
#include "kvm_cache_regs.h"

#define NR_PLACES	(EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS)

DEFINE_STATIC_KEY_FALSE(kvm_exit_keys_key);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_keys_key);

/**
 * kvm_exit_keys_alloc - have a table for keys
 * @vcpu: a vCPU in its VM's list, which may run already
 *
 * A vCPU for which there is no memory counts exits, but no keys.
 *
 * Context: may sleep.
 */
void kvm_exit_keys_alloc(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_keys *keys;
	u32 n;

	if (READ_ONCE(vcpu->arch.exit_stats.keys))
		return;
	keys = kvzalloc_obj(*keys, GFP_KERNEL_ACCOUNT);
	if (!keys)
		return;
	for (n = 0; n < NR_PLACES; n++)
		keys->places[n].id = KVM_EXIT_FREE;
	keys->place = &keys->none;
	if (cmpxchg(&vcpu->arch.exit_stats.keys, NULL, keys))
		kvfree(keys);
}

/**
 * kvm_exit_keys_free - free what kvm_exit_keys_alloc() allocated, if it did
 * @vcpu: a vCPU that never runs again and that no query can reach any more
 */
void kvm_exit_keys_free(struct kvm_vcpu *vcpu)
{
	kvfree(vcpu->arch.exit_stats.keys);
}

/**
 * kvm_exit_keys_forget - forget the key that the latest exit noted
 * @vcpu: any vCPU, while keys are off
 *
 * Until they are on again its code may count other exits.
 */
void kvm_exit_keys_forget(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_keys *keys = READ_ONCE(vcpu->arch.exit_stats.keys);

	if (keys)
		WRITE_ONCE(keys->place, &keys->none);
}

/**
 * kvm_exit_keys_find - find the place of an exit, and note it
 * @keys: the vCPU's keys
 * @code: the exit's code
 * @key: the key
 *
 * Context: the thread of the vCPU.
 */
void kvm_exit_keys_find(struct kvm_exit_keys *keys, u32 code, u64 key)
{
	const u64 id = EXIT_STATS_KEY_ID(code, key);
	const u32 home = EXIT_STATS_KEY_HOME(code, key);
	const u32 end = home + EXIT_STATS_KEY_PROBES;
	struct kvm_exit_key *place;
	u32 i;

	for (i = home; key != EXIT_STATS_KEY_OTHERS && i < end; i++) {
		place = &keys->places[i % EXIT_STATS_NR_KEYS];
		if (place->id == KVM_EXIT_FREE)
			WRITE_ONCE(place->id, id);
		if (place->id == id)
			goto found;
	}
	place = &keys->places[EXIT_STATS_NR_KEYS + kvm_exit_stats_index(code)];
	WRITE_ONCE(place->id, EXIT_STATS_KEY_ID(code, EXIT_STATS_KEY_OTHERS));
found:
	/* Nobody sees counts without their key. */
	smp_wmb();
	WRITE_ONCE(keys->place, place);
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_keys_find);

/**
 * kvm_exit_keys_none - KVM begins to handle an exit whose code has no keys
 * @vcpu: the vCPU that exited
 *
 * Context: the thread of @vcpu.
 */
void kvm_exit_keys_none(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_keys *keys = READ_ONCE(vcpu->arch.exit_stats.keys);

	if (!keys)
		return;
	/* As in kvm_exit_keys_begin(), in that order. */
	kvm_exit_keys_count(vcpu, keys, READ_ONCE(vcpu->arch.exit_stats.away));
	WRITE_ONCE(keys->place, &keys->none);
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_keys_none);

/**
 * kvm_exit_keys_fault - KVM begins to handle a fault: note its key
 * @vcpu: the vCPU that exited
 * @code: as for kvm_exit_keys_begin()
 * @gpa: the guest physical address
 * @mmio: KVM has found before that there is no memory
 *
 * Context: the thread of @vcpu, in a read-side critical section of kvm->srcu.
 */
void kvm_exit_keys_fault(struct kvm_vcpu *vcpu, u32 code, u64 gpa, bool mmio)
{
	u64 key = gpa_to_gfn(gpa);

	/* A nested guest's addresses are not the VM's. */
	if (is_guest_mode(vcpu))
		key = EXIT_STATS_KEY_OTHERS;
	else if (!mmio && kvm_vcpu_is_visible_gfn(vcpu, key))
		key = EXIT_STATS_KEY_MEMORY;
	kvm_exit_keys_begin(vcpu, code, key);
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_keys_fault);

/* Set in @map the places from @first on that are used. */
static void kvm_exit_keys_map(const struct kvm_exit_keys *keys, u32 first, u32 map[4])
{
	u32 bit;

	for (bit = 0; bit < EXIT_STATS_MAP_CODES && first + bit < NR_PLACES; bit++) {
		const u32 n = array_index_nospec(first + bit, NR_PLACES);

		if (READ_ONCE(keys->places[n].id) != KVM_EXIT_FREE)
			map[bit / 32] |= 1u << (bit % 32);
	}
}

static void kvm_exit_keys_place(const struct kvm_exit_key *place, u32 class, u32 regs[4])
{
	u64 edx_eax = 0, ebx_ecx = 0, id;

	switch (class) {
	case EXIT_STATS_KEY:
		id = READ_ONCE(place->id);
		if (id == KVM_EXIT_FREE)
			break;
		edx_eax = id & EXIT_STATS_KEY_OTHERS;
		ebx_ecx = id >> 48 << 32;
		break;
	case EXIT_STATS_KEY_RECORD:
		ebx_ecx = READ_ONCE(place->cycles);
		edx_eax = READ_ONCE(place->exits);
		break;
	case EXIT_STATS_KEY_AWAY:
		ebx_ecx = READ_ONCE(place->away);
		break;
	}
	regs[0] = lower_32_bits(edx_eax);
	regs[1] = upper_32_bits(ebx_ecx);
	regs[2] = lower_32_bits(ebx_ecx);
	regs[3] = upper_32_bits(edx_eax);
}

/**
 * kvm_exit_keys_answer - answer a sub-leaf that is about keys
 * @vcpu: the vCPU that executes CPUID
 * @ecx: the sub-leaf, any value
 * @regs: EAX, EBX, ECX, EDX, which are 0
 *
 * A guest sees the keys of the vCPU that asks only.
 *
 * Return: false if it's not one of these, or not defined.
 */
bool kvm_exit_keys_answer(struct kvm_vcpu *vcpu, u32 ecx, u32 regs[4])
{
	const struct kvm_exit_keys *keys = READ_ONCE(vcpu->arch.exit_stats.keys);
	const u32 class = ecx & EXIT_STATS_CLASS_MASK;
	u32 n = ecx & EXIT_STATS_INDEX_MASK;

	if (!(ecx & EXIT_STATS_THIS_VCPU) || !kvm_exit_keys_on() || check_tsc_unstable())
		return false;

	switch (class) {
	case EXIT_STATS_KEY:
	case EXIT_STATS_KEY_RECORD:
	case EXIT_STATS_KEY_AWAY:
		if (n >= NR_PLACES)
			return false;
		/* No load beyond the table, not even in speculation. */
		n = array_index_nospec(n, NR_PLACES);
		if (keys)
			kvm_exit_keys_place(&keys->places[n], class, regs);
		return true;
	case EXIT_STATS_KEY_MAP:
		if (n >= DIV_ROUND_UP(NR_PLACES, EXIT_STATS_MAP_CODES))
			return false;
		n = array_index_nospec(n, DIV_ROUND_UP(NR_PLACES, EXIT_STATS_MAP_CODES));
		if (keys)
			kvm_exit_keys_map(keys, n * EXIT_STATS_MAP_CODES, regs);
		return true;
	}
	return false;
}
