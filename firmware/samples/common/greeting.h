/* The picture `hello` draws; `wrong-picture` draws it with one band in another colour. */
#ifndef GREETING_H
#define GREETING_H

#include "sample.h"

void draw_greeting(uint32_t band_to_spoil);
#define SPOIL_NOTHING 0xFFFFFFFFu

#endif
