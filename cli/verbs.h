/* SPDX-License-Identifier: MIT */
/** @file verbs.h
 *  The verbs of verbs.def. */
#ifndef CPH_CLI_VERBS_H
#define CPH_CLI_VERBS_H

#define CPH_VERB_AS(function, name, summary) int cph_verb_##function(int argc, char **argv);
#define CPH_VERB(name, summary)              CPH_VERB_AS(name, #name, summary)
#include "cli/verbs.def"
#undef CPH_VERB
#undef CPH_VERB_AS

#endif
