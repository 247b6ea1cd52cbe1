/* An interpreter loop: a small stack machine that runs a sieve and then a Collatz walk. */
#include "kernels.h"
#include "lib.h"

enum op { PUSH, LOAD, STORE, FETCH, POKE, ADD, SUB, MUL, AND, SHR, LESS, JUMP, JUMP_ZERO, CALL, RETURN, DUP, OUT, HALT };

struct insn {
    uint8_t op, arg;
};

enum { MEMORY = 512, STACK = 32, LOCALS = 8 };

struct machine {
    uint32_t pc, depth, calls, out, steps;
    uint32_t stack[STACK], returns[STACK], locals[LOCALS];
    uint8_t memory[MEMORY];
};

enum local { LIMIT, I, J, COUNT, N };

/* Where the parts of the program start. */
enum label {
    MAIN,
    NEXT = MAIN + 4,
    AFTER = NEXT + 7,
    PRIME = AFTER + 5,
    MARK = PRIME + 8,
    MARK_NEXT = MARK + 4,
    MARKED = MARK_NEXT + 12,
    WALK = MARKED + 1,
    EVEN = WALK + 11,
    STEP = EVEN + 4,
    END = STEP + 7,
};

static const struct insn program[] = {
    [MAIN] = { PUSH, 2 }, { STORE, I }, { PUSH, 0 }, { STORE, COUNT },
    /* Every number below LIMIT: */
    [NEXT] = { LOAD, I }, { LOAD, LIMIT }, { LESS, 0 }, { JUMP_ZERO, WALK }, { LOAD, I }, { FETCH, 0 }, { JUMP_ZERO, PRIME },
    [AFTER] = { LOAD, I }, { PUSH, 1 }, { ADD, 0 }, { STORE, I }, { JUMP, NEXT },
    [PRIME] = { LOAD, COUNT }, { PUSH, 1 }, { ADD, 0 }, { STORE, COUNT }, { LOAD, I }, { OUT, 0 }, { CALL, MARK },
    { JUMP, AFTER },
    /* Strikes out the multiples of I. */
    [MARK] = { LOAD, I }, { DUP, 0 }, { ADD, 0 }, { STORE, J },
    [MARK_NEXT] = { LOAD, J }, { LOAD, LIMIT }, { LESS, 0 }, { JUMP_ZERO, MARKED }, { PUSH, 1 }, { LOAD, J }, { POKE, 0 },
    { LOAD, J }, { LOAD, I }, { ADD, 0 }, { STORE, J }, { JUMP, MARK_NEXT },
    [MARKED] = { RETURN, 0 },
    /* N = N odd ? 3 N + 1 : N / 2, until it is 1. */
    [WALK] = { LOAD, N }, { PUSH, 1 }, { AND, 0 }, { JUMP_ZERO, EVEN }, { LOAD, N }, { PUSH, 3 }, { MUL, 0 }, { PUSH, 1 },
    { ADD, 0 }, { STORE, N }, { JUMP, STEP },
    [EVEN] = { LOAD, N }, { PUSH, 1 }, { SHR, 0 }, { STORE, N },
    [STEP] = { LOAD, N }, { OUT, 0 }, { PUSH, 1 }, { LOAD, N }, { LESS, 0 }, { JUMP_ZERO, END }, { JUMP, WALK },
    [END] = { HALT, 0 },
};

_Static_assert(sizeof program / sizeof program[0] == END + 1, "a label is wrong");

static struct machine machine;

static void push(struct machine *m, uint32_t value)
{
    m->stack[m->depth++ % STACK] = value;
}

static uint32_t pop(struct machine *m)
{
    return m->stack[--m->depth % STACK];
}

static void run(struct machine *m)
{
    for (;;) {
        struct insn insn = program[m->pc++];
        uint32_t top;
        m->steps++;
        switch (insn.op) {
        case PUSH: push(m, insn.arg); break;
        case LOAD: push(m, m->locals[insn.arg]); break;
        case STORE: m->locals[insn.arg] = pop(m); break;
        case FETCH: push(m, m->memory[pop(m) % MEMORY]); break;
        case POKE: top = pop(m); m->memory[top % MEMORY] = (uint8_t)pop(m); break;
        case ADD: top = pop(m); push(m, pop(m) + top); break;
        case SUB: top = pop(m); push(m, pop(m) - top); break;
        case MUL: top = pop(m); push(m, pop(m) * top); break;
        case AND: top = pop(m); push(m, pop(m) & top); break;
        case SHR: top = pop(m); push(m, pop(m) >> (top & 31)); break;
        case LESS: top = pop(m); push(m, pop(m) < top); break;
        case JUMP: m->pc = insn.arg; break;
        case JUMP_ZERO: if (pop(m) == 0) m->pc = insn.arg; break;
        case CALL: m->returns[m->calls++ % STACK] = m->pc; m->pc = insn.arg; break;
        case RETURN: m->pc = m->returns[--m->calls % STACK]; break;
        case DUP: top = pop(m); push(m, top); push(m, top); break;
        case OUT: m->out = mix(m->out, pop(m)); break;
        default: return;
        }
    }
}

uint32_t vm_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x0B07);
        mem_set(&machine, 0, sizeof machine);
        machine.locals[LIMIT] = 250 + (random_next(&r) & 63);
        machine.locals[N] = 2 + (random_next(&r) & 0xFFF);
        run(&machine);
        sum = mix(mix(mix(sum, machine.out), machine.steps), machine.locals[COUNT]);
    }
    return sum;
}
