#pragma once

/// The revision of the source, as the release script knows it; "" where nobody said.
const char *skewwatch_build_revision(void);

/// When it was built, in the form of RFC 3339; "" where nobody said.
const char *skewwatch_build_date(void);
