/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_NAMES_H
#define CPUID_EXITS_NAMES_H

#include <stdbool.h>

#include <linux/types.h>

/* Enough for every name of a key. */
#define KEY_NAME_SIZE	80

/* What a number, or all up to another, is called; lists end with one that has no name. */
struct number_name {
	__u64 first, last;
	const char *name;
};

extern const struct number_name msr_names[], apic_names[], port_names[], page_names[];
extern const struct number_name leaf_names[], hypercall_names[], exception_names[];
extern const struct number_name host_vector_names[];

/* What of this machine has a port or a page, as far as the kernel tells; or NULL. */
const char *device_at(__u64 address, __u64 size, bool is_port, __u64 *offset);

/* Names a key of an exit code, with what this machine's devices are if it @is_here. */
void name_key(__u32 isa, __u32 code, __u64 key, bool is_here, char *name);

/* Whether a name is short enough, and of characters that are quoted nowhere. */
bool name_is_fine(const char *name);

#endif /* CPUID_EXITS_NAMES_H */
