/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SUMMARY_H
#define CPUID_EXITS_SUMMARY_H

#include <stdio.h>

#include "json.h"
#include "span.h"

void summary_print(const struct span *spans, size_t nr, FILE *stream);
void summary_json(const struct span *spans, size_t nr, struct json *json);

#endif /* CPUID_EXITS_SUMMARY_H */
