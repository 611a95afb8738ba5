// SPDX-License-Identifier: GPL-2.0
/*
 * bracket [away]: runs in a guest.  Reads the whole VM's table, has the host take
 * its own counts, reads the table again, and prints, for each code that anybody saw,
 *
 *	CODE FIRST HOST LAST
 *
 * in exits, or in cycles of time away.  A first line has the total of the exits.  The
 * host's number lies between the other two where both count the same thing, and
 * they are close: one program does it all, so that what makes the VM exit meanwhile
 * is mostly the question to the host itself.  See guest-lib.sh for how that works.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "leaf.h"

#define SPACE " \r\n"

/* What the host says: the total, then pairs of code and exits. */
static __u64 host[MAX_RECORDS];
static struct table first, last;

/* What is read of each code: EXIT_STATS_REASON or _AWAY. */
static __u32 class = EXIT_STATS_REASON;

/*
 * Only the records that the map shows: to read the others, which are zero,
 * would add a CPUID exit for each.
 */
static void read_occurred(struct table *t, __u32 nr)
{
	struct regs map = {};

	for (__u32 i = 0; i <= nr; i++) {
		const __u32 code = code_of(i, nr), bit = code % EXIT_STATS_MAP_CODES;

		if (!bit || i == nr)
			map = leaf(EXIT_STATS_MAP + code / EXIT_STATS_MAP_CODES);
		if (in_map(&map, bit))
			t->record[i] = record(class | code);
	}
}

static __u64 value(const struct table *t, __u32 i)
{
	return class == EXIT_STATS_AWAY ? t->record[i].cycles : t->record[i].exits;
}

/* Have the host run a function of its script; its status must be 0. */
static char *host_says(const char *function)
{
	static char answer[8192];
	const size_t size = sizeof(answer);
	int port = open("/dev/ttyS1", O_RDWR | O_NOCTTY);
	size_t used = 0;

	if (port < 0 || dprintf(port, "@ask %s\n", function) < 0)
		goto fail;

	/* The host may be gone. */
	alarm(60);
	do {
		ssize_t n = read(port, answer + used, size - 1 - used);

		if (n <= 0)
			goto fail;
		used += n;
	} while (answer[used - 1] != '\n' && used < size - 1);
	alarm(0);
	answer[used] = '\0';
	close(port);
	if (answer[0] == '0')
		return answer + 1;

	fprintf(stderr, "no answer but: %s", answer);
	exit(1);

fail:
	perror("/dev/ttyS1");
	exit(1);
}

int main(int argc, char *argv[])
{
	const __u32 nr = nr_codes();
	__u64 first_total, host_total, last_total;
	char *word;

	if (argc > 1 && !strcmp(argv[1], "away"))
		class = EXIT_STATS_AWAY;

	/* Else to touch a table for the first time could be an exit, too. */
	if (mlockall(MCL_CURRENT)) {
		perror("mlockall");
		return 1;
	}

	first_total = record(EXIT_STATS_TOTALS).exits;
	read_occurred(&first, nr);
	host_says("take_counts");
	read_occurred(&last, nr);
	last_total = record(EXIT_STATS_TOTALS).exits;

	/* The numbers themselves only now: each character costs some exits. */
	word = strtok(host_says("show_counts"), SPACE);
	host_total = word ? strtoull(word, NULL, 10) : 0;
	while ((word = strtok(NULL, SPACE))) {
		__u32 code = strtoul(word, NULL, 10);

		word = strtok(NULL, SPACE);
		host[code < nr ? code : nr] += word ? strtoull(word, NULL, 10) : 0;
	}

	printf("total %llu %llu %llu\n", first_total, host_total, last_total);
	for (__u32 i = 0; i <= nr; i++)
		if (host[i] || value(&last, i))
			printf("%u %llu %llu %llu\n", code_of(i, nr), value(&first, i),
			       host[i], value(&last, i));
	return 0;
}
