/* The stack of dialogs, as Magic Lantern reads it. */
#ifndef DIALOGS_H
#define DIALOGS_H

#include <stdint.h>

void dialogs_open(void);

/* Puts the dialog of a mode on top. */
void dialogs_show(uint32_t mode);

#endif
