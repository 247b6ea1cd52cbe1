/* The card door. */
#ifndef CARDS_H
#define CARDS_H

/* Never sleeps. */
void cards_door_opened(void);

#endif
