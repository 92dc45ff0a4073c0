#pragma once
#include <stddef.h>
#include <libwebsockets.h>
