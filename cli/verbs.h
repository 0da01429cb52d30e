/* SPDX-License-Identifier: MIT */
/** @file verbs.h
 *  The verbs of verbs.def. */
#ifndef CPH_CLI_VERBS_H
#define CPH_CLI_VERBS_H

#define CPH_VERB(name, summary) int cph_verb_##name(int argc, char **argv);
#include "cli/verbs.def"
#undef CPH_VERB

#endif
