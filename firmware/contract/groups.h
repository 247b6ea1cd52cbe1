/* The groups of the contract, one file each. */
#ifndef GROUPS_H
#define GROUPS_H

#include "guest.h"
#include "interface.h"

void tasks_contract(void);
void semaphores_contract(void);
void queues_contract(void);
void timers_contract(void);
void memory_contract(void);
void suites_contract(void);
void debug_contract(void);
void calls_contract(void);
void engine_contract(void);
void sound_contract(void);
void files_contract(void);
void properties_contract(void);
void gui_contract(void);
void display_contract(void);

#endif
