/*
 * A stand-in for Magic Lantern: of all that ML does, what a scenario can look at, each as small as it can be. What it does wrong
 * on purpose is asked for by files in the card's folder STANDIN.
 */
#ifndef STAND_IN_H
#define STAND_IN_H

#include "contract/guest.h"
#include "contract/interface.h"

/* files.c: paths are those on the card that it was started from. */
void find_card(void);
const char *on_card(const char *path);
bool exists(const char *path);
bool asked_for(const char *trouble);
int format(char *text, size_t capacity, const char *how, ...);
bool write_file(const char *path, const void *bytes, uint32_t count);
uint32_t read_file(const char *path, void *bytes, uint32_t capacity);
bool same(const char *left, const char *right);

/* settings.c: kept in ML/SETTINGS/MAGIC.CFG */
struct settings {
    uint32_t zebra, page;
};
extern struct settings settings;
void read_settings(void);
void write_settings(void);

void load_modules(void);
void unlock_modules(void);
void start_menu(void);
void watch_power(void);
void take_assertions(void);
void start_trouble(void);
void start_writer(void);

/* What ML's own checks do when they fail; the firmware's do the same. */
void assertion(const char *condition, const char *file, int line);

/* A rectangle of the picture. */
void fill(uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t colour);

#endif
