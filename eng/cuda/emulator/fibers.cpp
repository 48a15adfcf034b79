// Fibers: the switch, what they wait for, and who runs next.
#include "scheduler.h"
#include <cstdarg>
#include <cstdio>
#include <cstring>

#if !defined(__x86_64__)
#error "The switch of fibers is written for x86-64; another processor needs its own twenty lines."
#endif

// Saves the registers that a call preserves, and goes on where the other fiber saved its own.
extern "C" void argent_emulated_switch(void** save, void* to);
asm(R"(.text
.globl argent_emulated_switch
.hidden argent_emulated_switch
.type argent_emulated_switch,@function
argent_emulated_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  popq %rcx
  jmp *%rcx
.size argent_emulated_switch,.-argent_emulated_switch)");

namespace argent_emulated
{
__thread Block* current;

static void switch_to_main()
{
    void* abandoned;
    argent_emulated_switch(&abandoned, worker().main_stack_pointer);
    __builtin_unreachable();
}

void fail(u32 code, const char* format, ...)
{
    Worker& own = worker();
    const uint3 block = own.block, thread = own.running->thread;
    int length = snprintf(own.error, sizeof own.error, "%s, block (%u,%u,%u), thread (%u,%u,%u): ", own.kernel->name, block.x,
                          block.y, block.z, thread.x, thread.y, thread.z);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(own.error + length, sizeof own.error - static_cast<std::size_t>(length), format, arguments);
    va_end(arguments);
    own.failed = true;
    own.error_code = code;
    switch_to_main();
    __builtin_unreachable();
}

void Worker::deadlock()
{
    u32 at_barrier = 0, at_collective = 0;
    for (u32 i = 0; i < threads; ++i)
    {
        if (fibers[i].barrier >= 0) at_barrier++;
        else if (fibers[i].collective) at_collective++;
    }
    fail(kLaunchFailed,
         "no thread can go on: %u wait at a barrier, %u at a warp collective (a divergent barrier or a wrong mask)",
         at_barrier, at_collective);
}

void Worker::make_ready(Fiber* fiber)
{
    const u32 place = order == LaneOrder::Random ? ready_count : (ready_first + ready_count) % kBlockThreadsMax;
    ready[place] = fiber->index;
    ready_count++;
}

Fiber* Worker::take_ready()
{
    u32 index;
    if (order == LaneOrder::Random)
    {
        const u32 place = random.below(ready_count);
        index = ready[place];
        ready[place] = ready[ready_count - 1];
    }
    else
    {
        index = ready[ready_first];
        ready_first = (ready_first + 1) % kBlockThreadsMax;
    }
    ready_count--;
    return &fibers[index];
}

void Worker::go_on()
{
    if (ready_count == 0) deadlock();
    Fiber* from = running;
    Fiber* to = take_ready();
    if (to == from) return;
    running = to;
    argent_emulated_switch(&from->stack_pointer, to->stack_pointer);
}

void yield()
{
    Worker& own = worker();
    own.make_ready(own.running);
    own.go_on();
}

// Computes the collective when all lanes of the mask are here. `running` continues without a switch; the others become ready.
void Worker::complete(Warp& warp, Collective collective, u32 mask, Fiber* running)
{
    void* payloads[kWarpLanes] = {};
    for (u32 lane = 0; lane < kWarpLanes; ++lane)
    {
        if (!((mask >> lane) & 1u)) continue;
        const Fiber* fiber = warp.lanes[lane];
        if (fiber->collective != collective || fiber->mask != mask)
        {
            fail(kLaunchFailed, "lanes of one warp meet in different collectives: lane %u waits with the mask %08x, another with %08x",
                 lane, fiber->mask, mask);
        }
        payloads[lane] = fiber->payload;
    }
    collective(payloads, mask);
    warp.arrived &= ~mask;
    for (u32 i = 0; i < kWarpLanes; ++i)
    {
        const u32 lane = order == LaneOrder::Reverse ? kWarpLanes - 1 - i : i;
        if (!((mask >> lane) & 1u)) continue;
        Fiber* fiber = warp.lanes[lane];
        fiber->collective = nullptr;
        if (fiber != running) make_ready(fiber);
    }
}

void meet(Collective collective, u32 mask, void* payload)
{
    Worker& own = worker();
    Fiber* fiber = own.running;
    Warp& warp = *fiber->warp;
    const u32 gone = mask & (warp.exited | ~warp.present);
    if (gone) fail(kLaunchFailed, "the mask %08x of a warp collective names lanes that have exited or do not exist: %08x", mask, gone);
    if (!((mask >> fiber->lane) & 1u)) fail(kLaunchFailed, "lane %u calls a warp collective with the mask %08x, which it is not in", fiber->lane, mask);
    fiber->collective = collective;
    fiber->mask = mask;
    fiber->payload = payload;
    warp.arrived |= 1u << fiber->lane;
    if ((warp.arrived & mask) == mask) own.complete(warp, collective, mask, fiber);
    else own.go_on();
}

void Worker::release(Barrier& barrier, Fiber* running)
{
    barrier.result = {barrier.held, barrier.arrived};
    for (u32 i = 0; i < barrier.arrived; ++i)
    {
        Fiber& fiber = fibers[barrier.waiting[i]];
        fiber.barrier = -1;
        if (&fiber != running) make_ready(&fiber);
    }
    barrier.arrived = 0;
    barrier.held = 0;
}

BarrierResult wait_at_barrier(u32 id, u32 count, bool predicate)
{
    Worker& own = worker();
    Fiber* fiber = own.running;
    Barrier& barrier = own.barriers[id];
    if (count == 0 && own.live != own.threads)
    {
        fail(kLaunchFailed, "__syncthreads after %u of %u threads have exited", own.threads - own.live, own.threads);
    }
    const u32 needed = count == 0 ? own.threads : count;
    if (barrier.arrived && barrier.needed != needed)
    {
        fail(kLaunchFailed, "barrier %u is waited for by %u threads and by %u at once", id, barrier.needed, needed);
    }
    barrier.needed = needed;
    barrier.waiting[barrier.arrived++] = fiber->index;
    barrier.held += predicate;
    fiber->barrier = static_cast<i32>(id);
    if (barrier.arrived == needed) own.release(barrier, fiber);
    else own.go_on();
    return barrier.result;
}

void start_copy(void* shared, const void* global)
{
    Fiber& fiber = *worker().running;
    if (fiber.copies == kCopiesMax) fail(kLaunchFailed, "more than %u copies to shared memory are under way", kCopiesMax);
    fiber.pending[fiber.copies++] = {shared, global, fiber.group};
}

void wait_for_copies(u32 pending_groups)
{
    Fiber& fiber = *worker().running;
    u32 kept = 0;
    for (u32 i = 0; i < fiber.copies; ++i)
    {
        const PendingCopy copy = fiber.pending[i];
        if (copy.group + pending_groups < fiber.group) memcpy(copy.shared, copy.global, 16);
        else fiber.pending[kept++] = copy;
    }
    fiber.copies = kept;
}

void Worker::thread_exits()
{
    Fiber* fiber = running;
    fiber->warp->exited |= 1u << fiber->lane;
    live--;
    for (u32 lane = 0; lane < kWarpLanes; ++lane)
    {
        if (!((fiber->warp->arrived >> lane) & 1u)) continue;
        const u32 mask = fiber->warp->lanes[lane]->mask;
        if ((mask >> fiber->lane) & 1u)
        {
            fail(kLaunchFailed, "lane %u exits while lane %u waits for it in a warp collective with the mask %08x", fiber->lane, lane, mask);
        }
    }
    if (barriers[0].arrived && live)
    {
        fail(kLaunchFailed, "the thread exits while %u threads wait at __syncthreads", barriers[0].arrived);
    }
    if (live == 0) switch_to_main();
    go_on();
}

static void fiber_main()
{
    Worker& own = worker();
    own.kernel->run(own.parameters);
    own.thread_exits();
    __builtin_unreachable();
}

void Worker::prepare_fibers()
{
    const u32 x = block_size.x, y = block_size.y;
    for (u32 i = 0; i < threads; ++i)
    {
        Fiber& fiber = fibers[i];
        fiber.thread = {i % x, i / x % y, i / (x * y)};
        fiber.index = i;
        fiber.lane = i % kWarpLanes;
        fiber.warp = &warps[i / kWarpLanes];
        fiber.collective = nullptr;
        fiber.barrier = -1;
        fiber.copies = fiber.group = 0;
        fiber.warp->lanes[fiber.lane] = &fiber;
        fiber.warp->present |= 1u << fiber.lane;
        // Tops differ by cache lines: else all stacks would share the same few sets of the first-level cache. The switch pops
        // six registers and jumps to fiber_main with the stack as a call leaves it.
        u8* top = stacks + i * kStackStride + kStackStride - 64 - (i % 64) * 64;
        void** slot = reinterpret_cast<void**>(top);
        *--slot = nullptr;
        *--slot = reinterpret_cast<void*>(&fiber_main);
        for (int k = 0; k < 6; ++k) *--slot = nullptr;
        fiber.stack_pointer = slot;
    }
}

void Worker::run_block(uint3 index, u32 shared_bytes, const Options& options, u64 number)
{
    block = index;
    live = threads;
    failed = false;
    order = options.lanes;
    random = Random(options.seed + number * 7919);
    ready_first = ready_count = 0;
    for (u32 i = 0; i < (threads + kWarpLanes - 1) / kWarpLanes; ++i) warps[i] = {};
    for (auto& barrier : barriers) barrier.arrived = barrier.held = 0;
    poison(shared_bytes);
    prepare_fibers();
    for (u32 i = 0; i < threads; ++i) make_ready(&fibers[order == LaneOrder::Reverse ? threads - 1 - i : i]);
    running = take_ready();
    argent_emulated_switch(&main_stack_pointer, running->stack_pointer);
}
}
