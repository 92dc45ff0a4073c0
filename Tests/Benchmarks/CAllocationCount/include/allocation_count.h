#pragma once

/// How often the calling thread has asked for memory: malloc, calloc, realloc and the aligned ones, whoever called them.
long allocations_of_this_thread(void);
