/* SPDX-License-Identifier: MIT */
/** @file text_table.h
 *  Text tables that are given where a file of samples is expected. */
#ifndef CPH_CLI_TEXT_TABLE_H
#define CPH_CLI_TEXT_TABLE_H

/** What a table with such a first line is and which option takes it; NULL: not known, no text. */
const char *cph_text_table_what(const char *path);

#endif
