#include "build_info.h"

/* The package defines both from SKEWWATCH_REVISION and SKEWWATCH_BUILD_DATE: see Package.swift. */
const char *skewwatch_build_revision(void) { return SKEWWATCH_REVISION; }
const char *skewwatch_build_date(void) { return SKEWWATCH_BUILD_DATE; }
