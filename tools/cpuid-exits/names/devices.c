// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this machine's devices have ports and pages for, as far as the kernel tells.  To
 * who may not know, /proc says that all is at 0; PCI's resources anyone may read.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "names/names.h"
#include "xalloc.h"

#define RESOURCE_IO	0x100	/* as in the kernel's linux/ioport.h */
#define NR_BARS		6
#define PART_SIZE	16

struct range {
	__u64 first, last;
	bool is_port;
	char name[KEY_NAME_SIZE];
};

static struct range *ranges;
static size_t nr_ranges;

static char *add(__u64 first, __u64 last, bool is_port)
{
	ranges = xreallocarray(ranges, nr_ranges + 1, sizeof(*ranges));
	ranges[nr_ranges] = (struct range) { .first = first, .last = last, .is_port = is_port };
	return ranges[nr_ranges++].name;
}

/* The last part of the first path that there is, or of where that points to; "" if none. */
static void find(const char *dir, const char *pattern, bool is_link, char name[PART_SIZE])
{
	char path[256], target[256] = "";
	glob_t found;

	*name = '\0';
	snprintf(path, sizeof(path), "%s/%s", dir, pattern);
	if (glob(path, GLOB_BRACE, NULL, &found))
		return;
	if (!is_link || readlink(found.gl_pathv[0], target, sizeof(target) - 1) > 0)
		snprintf(name, PART_SIZE, "%s", basename(is_link ? target : found.gl_pathv[0]));
	globfree(&found);
}

/* "virtio_blk vda, 0000:00:05.0 BAR 4": the driver of a virtio device is behind PCI's. */
static void load_bars(const char *dir)
{
	char path[256], driver[PART_SIZE], instance[PART_SIZE];
	__u64 first, last, flags;
	unsigned int bar;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/resource", dir);
	stream = fopen(path, "r");
	if (!stream)
		return;
	find(dir, "virtio*/driver", true, driver);
	if (!*driver)
		find(dir, "driver", true, driver);
	find(dir, "{,virtio*/}{block,net,nvme}/*", false, instance);
	for (bar = 0; bar < NR_BARS; bar++) {
		if (fscanf(stream, "%llx %llx %llx", &first, &last, &flags) == 3 && last)
			snprintf(add(first, last, flags & RESOURCE_IO), KEY_NAME_SIZE,
				 "%s%s%s%s%.20s BAR %u", driver, *instance ? " " : "", instance,
				 *driver || *instance ? ", " : "", basename(dir), bar);
	}
	fclose(stream);
}

/* /proc/ioports or /proc/iomem: "  03f8-03ff : serial"; those of bridges are nobody's. */
static void load_proc(const char *path, bool is_port)
{
	FILE *stream = fopen(path, "r");
	char line[256], name[64];
	__u64 first, last;

	while (stream && fgets(line, sizeof(line), stream)) {
		if (sscanf(line, " %llx-%llx : %63[^\n]", &first, &last, name) == 3 && last &&
		    strncmp(name, "PCI Bus ", 8))
			stpcpy(add(first, last, is_port), name);
	}
	if (stream)
		fclose(stream);
}

static void load(void)
{
	glob_t found;
	size_t i;

	if (!glob("/sys/bus/pci/devices/*", 0, NULL, &found)) {
		for (i = 0; i < found.gl_pathc; i++)
			load_bars(found.gl_pathv[i]);
		globfree(&found);
	}
	load_proc("/proc/ioports", true);
	load_proc("/proc/iomem", false);
}

const char *device_at(__u64 address, __u64 size, bool is_port, __u64 *offset)
{
	const struct range *range, *best = NULL;
	static bool is_loaded;

	if (!is_loaded)
		load();
	is_loaded = true;
	/* The smallest, for they contain each other. */
	for (range = ranges; range < ranges + nr_ranges; range++) {
		if (range->is_port == is_port && range->first < address + size &&
		    address <= range->last &&
		    (!best || range->last - range->first < best->last - best->first))
			best = range;
	}
	*offset = best && best->first < address ? address - best->first : 0;
	return best ? best->name : NULL;
}
