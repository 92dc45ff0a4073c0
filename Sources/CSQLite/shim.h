#pragma once
#include <sqlite3.h>

/* Tells SQLite to copy the bytes that are bound; a macro of a cast, which Swift does not import. */
static inline int bind_copied_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}
static inline int bind_copied_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
