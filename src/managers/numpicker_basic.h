/*
 * numpicker_basic.h: a number for those who know none of ours yet.
 */
#ifndef SPOKE_NUMPICKER_BASIC_H
#define SPOKE_NUMPICKER_BASIC_H

#include "managers/pipeline.h"

extern const struct service_manager numpicker_basic;

#endif
