/* The colours. */
#ifndef PALETTE_H
#define PALETTE_H

/* Sets the display's palette, and the copy of it that ML reads. */
void palette_load(void);

#endif
