/* Parts that the screens share. */
#ifndef PARTS_H
#define PARTS_H

/* A bar at the top with a text. */
void part_title(const char *text);

/* A bar at the bottom: battery, cards. */
void part_status_line(void);

#endif
